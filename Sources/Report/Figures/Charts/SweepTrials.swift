internal import SQLite
internal import Tracker

/// The finished trials of a sweep with their settings, as the query sweep_trials has them.
struct SweepTrials {
  /// What one parameter was set to, over all trials.
  struct Axis {
    let name: String
    let scale: Scale
    /// Words for places, where settings are not numbers.
    let words: [String]
    /// How people read the words.
    var labels: [String] = []
    /// Whether settings are whole numbers.
    var isWhole = false

    /// Where a setting is on the scale; nil if it has none.
    func value(_ setting: SQLValue) -> Double? {
      guard !words.isEmpty else { return setting.real }
      return words.firstIndex(of: SweepTrials.word(setting)).map(Double.init)
    }

    /// What is written along the axis: numbers, or words no longer than `room` points.
    func ticks(_ count: Int, size: Double = 9.5, room: Double = 80) -> Plot.Ticks {
      guard !words.isEmpty else {
        return isWhole ? .wholeValues(count: count) : .values(count: count)
      }
      return .words(
        labels.enumerated().map { index, label in
          let shown = FontMetrics.shortened(
            label, size: size, weight: .regular, within: room)
          return (Double(index), shown)
        })
    }
  }

  /// A setting as people read it: of a list its elements, of a measure its printed name.
  func label(_ word: String) -> String { Self.label(word, names) }

  private static func label(_ word: String, _ names: MeasureNames) -> String {
    guard let list = try? JSONValue(parsing: word), case .array = list else {
      return names.titleIfKnown(word)
    }
    return list.leaves.map { names.titleIfKnown($0.value.string ?? $0.value.canonical) }
      .joined(separator: ", ")
  }

  let sweep: String
  let objective: String
  let goal: String
  /// The parameters that differ between trials; all of them where there is but one trial.
  let axes: [Axis]
  /// The parameters that every trial has alike, with their setting.
  let constants: [(name: String, setting: String)]
  /// Each trial's number, settings by parameter, and value.
  let trials: [(number: Int, settings: [String: SQLValue], value: Double)]

  private let names: MeasureNames

  init(_ result: QueryResult, _ names: MeasureNames) {
    self.names = names
    let records = result.records
    sweep = records.first?.text("sweep") ?? ""
    objective = records.first?.text("objective") ?? ""
    goal = records.first?.text("goal") ?? ""
    var trials: [(number: Int, settings: [String: SQLValue], value: Double)] = []
    for record in records where record.number("value").isFinite {
      let number = record.integer("number")
      if trials.last?.number != number { trials.append((number, [:], record.number("value"))) }
      trials[trials.count - 1].settings[record.text("parameter")] = record["setting"]
    }
    self.trials = trials
    let parameters = Set(records.map { $0.text("parameter") }).sorted()
    let settings = parameters.map { name in (name, trials.map { $0.settings[name].map(Self.word) })
    }
    let constants: [(name: String, setting: String)] = settings.compactMap { name, words in
      guard words.count > 1, Set(words).count == 1, let word = words[0] else { return nil }
      return (name, Self.label(word, names))
    }
    self.constants = constants
    axes = parameters.filter { name in !constants.contains { $0.name == name } }.map { name in
      Self.axis(name, trials.compactMap { $0.settings[name] }, names)
    }
  }

  /// A line or several that name the parameters which are the same in all trials; none without any.
  func remark(width: Double) -> [Drawing] {
    guard !constants.isEmpty else { return [] }
    let words = constants.map { "\($0.name) = \($0.setting)" }.joined(separator: ", ")
    let text = "The same in all trials: \(words)"
    let lines = text.split(separator: " ").reduce(into: [String]()) { lines, word in
      let longer = (lines.last.map { $0 + " " } ?? "") + word
      let fits = FontMetrics.width(of: longer, size: 9.5, weight: .regular) <= width - 40
      if fits, !lines.isEmpty {
        lines[lines.count - 1] = longer
      } else {
        lines.append(String(word))
      }
    }
    var drawing = Drawing(width: width, height: 12 + 13 * Double(lines.count), summary: text)
    for (index, line) in lines.enumerated() {
      drawing.text(line, 20, 12 + 13 * Double(index), size: 9.5, ink: .muted)
    }
    return [drawing]
  }

  private static func axis(
    _ name: String, _ settings: [SQLValue], _ names: MeasureNames
  ) -> Axis {
    let numbers = settings.compactMap(\.real)
    guard numbers.count < settings.count else {
      return Axis(
        name: name, scale: Scale(holding: numbers), words: [],
        isWhole: settings.allSatisfy { $0.integer != nil })
    }
    let words = Set(settings.map(word)).sorted()
    return Axis(
      name: name, scale: Scale(-0.5, Double(words.count) - 0.5), words: words,
      labels: words.map { label($0, names) })
  }

  static func word(_ setting: SQLValue) -> String {
    setting.text ?? setting.integer.map(String.init) ?? setting.real.map { "\($0)" } ?? "null"
  }

  /// How good a value is among all, from 0, the worst, to 1, the best.
  func merit(of value: Double) -> Double {
    let values = trials.map(\.value)
    guard let lowest = values.min(), let highest = values.max(), highest > lowest else { return 1 }
    let share = (value - lowest) / (highest - lowest)
    return goal == "minimise" ? 1 - share : share
  }

  /// The trials from the worst to the best, so that the best are drawn last.
  var ascending: [(number: Int, settings: [String: SQLValue], value: Double)] {
    trials.sorted { (merit(of: $0.value), $1.number) < (merit(of: $1.value), $0.number) }
  }
}
