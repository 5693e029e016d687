import Bytes
import Interchange
import Tracker

/// Metrics of runs that were made elsewhere, as a file has them.
struct MetricFile {
  /// One line, by column.
  struct Record {
    let line: Int
    let values: [String: JSONValue]
  }

  /// One value of a metric; NaN where the file says NaN or nothing.
  struct Point: Equatable {
    let name: String
    let step: Int64
    let value: Double
  }

  /// A run with all its metrics.
  struct ExternalRun {
    let name: String
    let kind: String
    fileprivate(set) var points: [Point] = []
  }

  /// The runs, in the order in which the file names them.
  private(set) var runs: [ExternalRun] = []

  private static let reserved: Set<String> = ["run", "kind", "step", "name", "value", "recorded"]
  private static let stageKinds: Set<String> = [
    "train", "select", "attack", "measure", "thresholds", "reproduce",
  ]
  private let file: String

  /// Gathers records to runs.
  ///
  /// - Parameters:
  ///   - records: The lines.
  ///   - kind: The runs' kind where the file does not say it.
  ///   - file: Its name, for messages.
  /// - Throws: `InterchangeError` naming the first line that cannot be taken over.
  init(_ records: [Record], kind: String, file: String) throws(InterchangeError) {
    self.file = file
    var places: [String: Int] = [:]
    for record in records {
      guard let name = record.values["run"]?.words, !name.isEmpty else {
        throw problem(record, "lacks the name of its run")
      }
      let given = record.values["kind"]?.words ?? kind
      // A stage's own kind would have this run taken for a model or a set.
      let kind = Self.stageKinds.contains(given) ? "external-\(given)" : given
      guard (1...64).contains(kind.count) else {
        throw problem(record, "has a kind that is empty or longer than 64 characters")
      }
      let place = places[name] ?? runs.count
      if place == runs.count {
        places[name] = place
        runs.append(ExternalRun(name: name, kind: kind))
      }
      guard runs[place].kind == kind else {
        throw problem(record, "gives the run '\(name)' a second kind")
      }
      runs[place].points += try points(of: record)
    }
    guard runs.contains(where: { !$0.points.isEmpty }) else {
      throw .malformed(file: file, format: "metrics", problem: "it has no metrics")
    }
    for run in runs {
      var seen: Set<String> = []
      for point in run.points where !seen.insert("\(point.step) \(point.name)").inserted {
        throw .malformed(
          file: file, format: "metrics",
          problem: "run '\(run.name)' has '\(point.name)' at step \(point.step) twice")
      }
    }
  }

  private func problem(_ record: Record, _ text: String) -> InterchangeError {
    .malformed(file: file, format: "metrics", problem: "line \(record.line) \(text)")
  }

  private func points(of record: Record) throws(InterchangeError) -> [Point] {
    var step: Int64 = 0
    if let given = record.values["step"], given != .null {
      guard let number = given.wholeNumber else {
        throw problem(record, "has a step that is no whole number")
      }
      step = number
    }
    if let name = record.values["name"], let value = record.values["value"] {
      guard let name = name.words, !name.isEmpty else {
        throw problem(record, "lacks the name of its metric")
      }
      guard let number = value == .null ? .nan : value.number else {
        throw problem(record, "has a value that is no number")
      }
      return [Point(name: name, step: step, value: number)]
    }
    var points: [Point] = []
    for (name, value) in record.values.sorted(by: { $0.key < $1.key })
    where !Self.reserved.contains(name) && value != .null && !name.isEmpty {
      guard let number = value.number else {
        throw problem(record, "has '\(name)', which is no number")
      }
      points.append(Point(name: name, step: step, value: number))
    }
    return points
  }
}

extension MetricFile {
  /// The records of a CSV file, whose first line names the columns.
  static func records(csv path: String) throws(InterchangeError) -> [Record] {
    let file = InputFile.name(path)
    let lines = try records(ofCSV: InputFile.read(path), file: file)
    guard let heading = lines.first?.fields, heading.contains("run") else {
      throw .malformed(
        file: file, format: "metrics", problem: "its first line has no column 'run'")
    }
    guard Set(heading).count == heading.count else {
      throw .malformed(file: file, format: "metrics", problem: "two columns have the same name")
    }
    var records: [Record] = []
    for line in lines.dropFirst() {
      guard line.fields.count == heading.count else {
        throw .malformed(
          file: file, format: "CSV",
          problem: "line \(line.line) has \(line.fields.count) fields, not \(heading.count)")
      }
      let values = line.fields.map { $0.isEmpty ? JSONValue.null : .string($0) }
      records.append(
        Record(line: line.line, values: Dictionary(uniqueKeysWithValues: zip(heading, values))))
    }
    return records
  }

  private static func records(
    ofCSV bytes: [UInt8], file: String
  ) throws(InterchangeError) -> [CSV.Record] {
    guard let text = String(fileContent: bytes) else {
      throw .malformed(file: file, format: "CSV", problem: "it is no text in UTF-8 or UTF-16")
    }
    do {
      return try CSV.records(of: text)
    } catch {
      throw .malformed(file: file, format: "CSV", problem: error.description)
    }
  }

  /// The records of a file with a JSON object a line.
  static func records(jsonLines path: String) throws(InterchangeError) -> [Record] {
    let file = InputFile.name(path)
    guard let text = String(validating: try InputFile.read(path), as: UTF8.self) else {
      throw .malformed(file: file, format: "JSON Lines", problem: "it is not UTF-8")
    }
    var records: [Record] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
      guard case .object(let values)? = try? JSONValue(parsing: String(line)) else {
        throw .malformed(
          file: file, format: "JSON Lines", problem: "line \(index + 1) is no JSON object")
      }
      records.append(Record(line: index + 1, values: values))
    }
    return records
  }
}

extension MetricFile.ExternalRun {
  /// Records the run with all its metrics, in one transaction, unless it is there.
  func record(in tracker: Tracker) throws -> (uuid: String, isNew: Bool) {
    let content = points.map { "\($0.name)\t\($0.step)\t\($0.value.bitPattern)\n" }.sorted()
      .joined()
    let description = RunDescription(
      kind: kind, name: name,
      configuration: .object([
        "imported": .object([
          "run": .string(name), "metrics_sha256": .string(Digest.sha256(Array(content.utf8))),
        ])
      ]))
    switch try tracker.begin(description) {
    case .finished(let run): return (run.uuid, false)
    case .active(let run):
      try run.finish { writer in
        for point in points {
          try writer.log(point.name, step: point.step, value: point.value)
        }
      }
      return (run.uuid, true)
    }
  }
}

extension JSONValue {
  /// A name: text, or a number as it is written.
  fileprivate var words: String? {
    switch self {
    case .string(let text): text
    case .integer(let number): String(number)
    default: nil
    }
  }

  fileprivate var number: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    case .bool(let value): value ? 1 : 0
    // Swift reads hexadecimal and the names of infinities as well, which does no harm.
    case .string(let text): Double(text)
    default: nil
    }
  }

  fileprivate var wholeNumber: Int64? {
    switch self {
    case .integer(let number): number
    case .string(let text): Int64(text)
    case .number(let number): Int64(exactly: number)
    default: nil
    }
  }
}
