internal import SQLite
internal import Tracker

extension SweepTrials {
  /// The most trials that a page lists.
  private static let mostRows = 500

  /// What a sweep came to, in sentences.
  var sentences: [String] {
    guard let best = ascending.last else { return [] }
    let count = Typesetting.text(of: .integer(Int64(trials.count)), as: .integer)
    let are = trials.count == 1 ? "1 trial has" : "\(count) trials have"
    return [
      "\(are) a value of \(objective), which the sweep is to \(goal).",
      "The best is trial \(best.number) with \(AxisNumber.text(best.value, digits: 5)).",
    ]
  }

  /// The finished trials with their settings, the best first.
  var table: Table {
    let shown = ascending.reversed().prefix(Self.mostRows)
    var notes: [String] = []
    if shown.count < trials.count {
      let all = Typesetting.text(of: .integer(Int64(trials.count)), as: .integer)
      notes.append("The best \(shown.count) of \(all); the query sweep_trials has all.")
    }
    if !constants.isEmpty {
      let words = constants.map { "\($0.name) = \($0.setting)" }
      notes.append("The same in all trials: \(words.joined(separator: ", ")).")
    }
    return Table(
      title: "Trials, the best first",
      notes: notes,
      columns: [.init("number", "Trial", .integer), .init("value", objective, .real(digits: 6))]
        + axes.map { .init($0.name, $0.name, $0.words.isEmpty ? .mixed : .text) },
      rows: shown.map { trial in
        [.integer(Int64(trial.number)), .real(trial.value)]
          + axes.map { axis in
            let setting = trial.settings[axis.name] ?? .null
            return setting.text.map { .text(label($0)) } ?? setting
          }
      })
  }
}
