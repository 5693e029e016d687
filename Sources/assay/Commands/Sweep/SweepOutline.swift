import Report
import SQLite
import Tracker

/// What a sweep searches, in a few lines.
struct SweepOutline {
  private let sweep: Sweep

  init(of sweep: Sweep) {
    self.sweep = sweep
  }

  /// A line a fact, and a line a parameter.
  var table: Table {
    let (description, counts) = (sweep.description, sweep.counts)
    let definition = description.definition
    var trials = "\(counts.finished) of \(description.budget.trials) finished"
    if counts.failed > 0 { trials += ", \(counts.failed) failed" }
    if counts.pruned > 0 { trials += ", \(counts.pruned) pruned" }
    let objectives = description.objectives.map { "\($0.goal.rawValue) \($0.name)" }
    var lines: [(name: String, text: String)] = [
      ("state", sweep.state.rawValue), ("trials", trials),
      ("objective", objectives.joined(separator: ", ")),
    ]
    for name in ["sampler", "pruner"] {
      if let part = definition[name], part != .null { lines.append((name, Self.text(part))) }
    }
    if case .array(let space) = definition["space"] ?? .null {
      lines += space.map { (name: $0["name"]?.string ?? "", text: Self.text($0)) }
    }
    return Table(
      title: sweep.name, notes: ["--full shows what all trials share as well."],
      columns: [.init("setting", "setting", .text), .init("value", "value", .text)],
      rows: lines.map { [.text($0.name), .text($0.text)] })
  }

  /// What kind a part is of, with its members that are set; samplers and pruners are known by name.
  private static func text(_ part: JSONValue) -> String {
    guard case .object(let members) = part else { return part.string ?? part.canonical }
    let kind = (members["kind"] ?? members["name"])?.string.map { [$0] } ?? []
    let rest = members.sorted { $0.key < $1.key }
      .filter { !["name", "kind"].contains($0.key) && $0.value != .null }
      .map { "\($0.key) \($0.value.string ?? $0.value.canonical)" }
    return (kind + rest).joined(separator: ", ")
  }
}
