internal import SQLite

/// Takes what an imported run measured and left, within one transaction.
public final class ImportWriter {
  /// The run, to which its reader may add what the source tells on the way.
  public var run: ImportedRun
  /// How many values of metrics it has taken.
  public private(set) var valueCount = 0
  /// The latest time of a value, in milliseconds since 1970; nil before the first.
  public private(set) var latestMilliseconds: Int64?

  private let writer: RunWriter
  /// Whether the run is finished here, so that nothing is written and all is compared.
  private let isFinished: Bool
  /// The steps that each metric has, where all is compared.
  private var steps: [String: Set<Int64>] = [:]

  init(_ run: ImportedRun, writer: RunWriter, isFinished: Bool) {
    self.run = run
    self.writer = writer
    self.isFinished = isFinished
  }

  /// Takes values of a metric, a later value of a step in place of an earlier one.
  ///
  /// - Parameters:
  ///   - name: The metric's name; a NUL in it becomes a sign of its own.
  ///   - steps: The steps.
  ///   - values: As many values.
  ///   - times: When they were recorded, in milliseconds since 1970.
  /// - Throws: `SQLiteError`.
  public func add(_ name: String, steps: [Int64], values: [Double], times: [Int64]) throws {
    let name = Self.recordable(name)
    guard let last = times.max() else { return }
    valueCount += steps.count
    latestMilliseconds = max(latestMilliseconds ?? last, last)
    guard !isFinished else {
      self.steps[name, default: []].formUnion(steps)
      return
    }
    try writer.insertRows(
      """
      INSERT INTO metric (run_id, name, step, value, recorded_ms) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET value = excluded.value, recorded_ms = excluded.recorded_ms
      """,
      [
        .constant(writer.runID), .text(name), .integers(steps), .reals(values), .integers(times),
      ])
  }

  /// Takes back values that were recorded at a step or later, since the run went on from there.
  ///
  /// - Throws: `SQLiteError`.
  public func removeValues(from step: Int64) throws {
    guard !isFinished else {
      steps = steps.mapValues { $0.filter { $0 < step } }.filter { !$0.value.isEmpty }
      return
    }
    try writer.execute(
      "DELETE FROM metric WHERE run_id = ? AND step >= ?",
      [.integer(writer.runID), .integer(step)])
  }

  /// Takes an artifact, in place of one of the same name.
  ///
  /// - Parameters:
  ///   - name: Its name; a NUL in it becomes a sign of its own.
  ///   - mediaType: The type of its content.
  ///   - read: Gives its content, if that is wanted.
  /// - Throws: `SQLiteError`, or what `read` throws.
  public func addArtifact(
    _ name: String, mediaType: String, read: () throws -> [UInt8]
  ) throws {
    guard !isFinished else { return }
    try writer.putArtifact(Self.recordable(name), bytes: try read(), mediaType: mediaType)
  }

  /// How many steps each metric has, where all is compared.
  var stepCounts: [String: Int] { steps.mapValues(\.count) }

  /// A name as it can be recorded.
  static func recordable(_ name: String) -> String {
    name.isEmpty ? "unnamed" : RecordName.withoutNUL(name)
  }
}
