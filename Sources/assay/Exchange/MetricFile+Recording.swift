import Interchange
import SQLite
import Tracker

/// What came of recording a run of a file.
struct RecordedMetrics {
  let uuid: String
  /// Whether it was recorded now.
  let isNew: Bool
  /// The newest run of the same name and kind that was imported before, with other metrics.
  let earlier: Run?
  /// How many values the earlier run has, if the run now has all of them.
  let commonCount: Int?
}

extension MetricFile.Interpretation {
  /// A kind of Assay's own would have a run taken for a model or a set, or gone on with as a command.
  static let stageKinds: Set<String> = [
    "train", "select", "attack", "measure", "score", "learn", "fit", "thresholds", "reproduce",
    "program",
  ]
}

extension MetricFile.ExternalRun {
  /// The parameter that says what a run was imported from, an object.
  static let origin = "imported"

  /// Records the run with all its metrics, in one transaction, unless it is there.
  func record(in tracker: Tracker) throws -> RecordedMetrics {
    let content = points.map(\.line).sorted().joined()
    var configuration: [String: JSONValue] = parameters.mapValues(JSONValue.init(written:))
    configuration[Self.origin] = .object([
      "run": .string(name), "metrics_sha256": .string(Digest.sha256(Array(content.utf8))),
    ])
    let earlier = try tracker.runs(kind: kind, state: .finished).first {
      $0.name == name && $0.configuration[Self.origin] != nil
    }
    let description = RunDescription(
      kind: kind, name: name, configuration: .object(configuration))
    switch try tracker.begin(description) {
    case .finished(let run):
      return RecordedMetrics(uuid: run.uuid, isNew: false, earlier: nil, commonCount: nil)
    case .active(let run):
      try run.finish { writer in
        for point in points {
          try writer.log(point.name, step: point.step, value: point.value)
        }
      }
      return RecordedMetrics(
        uuid: run.uuid, isNew: true, earlier: earlier,
        commonCount: try earlier.flatMap { try commonCount(with: $0, in: tracker) })
    }
  }

  /// How many values an earlier run has; nil if this one lacks any of them.
  private func commonCount(with earlier: Run, in tracker: Tracker) throws -> Int? {
    let known = Set(points.map(\.line))
    let lines = try tracker.read { connection in
      try connection.rows(
        "SELECT name, step, value FROM metric WHERE run_id = ?", [.integer(earlier.id)]
      ) { row in
        MetricFile.Point(
          name: try row.text(0), step: try row.int64(1), value: row.value(2).real ?? .nan
        ).line
      }
    }
    return lines.allSatisfy(known.contains) ? lines.count : nil
  }
}

extension JSONValue {
  /// A number where the text is one, or else the text.
  ///
  /// A whole number beyond 64 bits stays text, for it is the seed or the digest that it says, and no
  /// other number near it.
  fileprivate init(written text: String) {
    let isWhole = text.utf8.allSatisfy {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "+-".utf8.contains($0)
    }
    if let whole = Int64(text) {
      self = .integer(whole)
    } else if !isWhole, let number = Double(text), number.isFinite {
      self = .number(number)
    } else {
      self = .string(text)
    }
  }
}

extension MetricFile.Point {
  /// The point in one line, by which equal ones are known.
  fileprivate var line: String { "\(name)\t\(step)\t\(value.bitPattern)\n" }
}

extension RecordedMetrics {
  /// What is worth saying where a run of the same name was there; nil where none was.
  func note(name: String, count: Int) -> String? {
    guard let earlier else { return nil }
    let content =
      commonCount.map { "with \($0) of these \(count) values" } ?? "with other values"
    return "'\(name)' was imported before \(content), as \(earlier.uuid.prefix(8)); a finished run "
      + "never changes, so this is a new run of that name"
  }
}
