import Foundation
import Program
import SQLite
import Tracker

/// What a run's command writes: from the run's directory while it runs, and from its artifacts when
/// it has ended.
struct RunOutput {
  /// Standard output or standard error of one execution.
  struct Stream: Hashable {
    let execution: Int
    let isErrors: Bool

    /// The streams of an execution.
    static func all(of execution: Int) -> [Stream] {
      [false, true].map { Stream(execution: execution, isErrors: $0) }
    }

    /// The artifact that it becomes.
    var artifact: String {
      (isErrors ? "errors" : "output") + (execution > 1 ? "-\(execution)" : "")
    }

    /// The file that holds it until then.
    func file(in directory: RunDirectory) -> String {
      isErrors ? directory.errors(execution) : directory.output(execution)
    }
  }

  /// The newest execution of a command.
  private struct Execution {
    let number: Int
    let directory: RunDirectory
    let outputBytes: Int64?
    let errorBytes: Int64?
  }

  private let run: Run
  /// How many bytes of each stream were shown or passed over.
  private var positions: [Stream: Int64] = [:]

  init(of run: Run) {
    self.run = run
  }

  private func newestExecution(in tracker: Tracker) throws -> Execution? {
    try tracker.read { connection in
      try connection.rows(
        """
        SELECT number, directory, output_bytes, error_bytes FROM program_execution
        WHERE run_id = ? ORDER BY number DESC LIMIT 1
        """, [.integer(run.id)]
      ) { row in
        Execution(
          number: try row.int(0), directory: RunDirectory(path: try row.text(1)),
          outputBytes: row.value(2).integer, errorBytes: row.value(3).integer)
      }.first
    }
  }

  /// The last lines of the newest execution, as they are shown.
  mutating func beginning(lines: Int, in tracker: Tracker) throws -> [UInt8] {
    let streams = try lastLines(lines, in: tracker)
    return Array(streams.flatMap(\.lines).map { $0 + "\n" }.joined().utf8)
  }

  /// The last lines of the newest execution, of each stream that has any.
  mutating func lastLines(
    _ count: Int, in tracker: Tracker
  ) throws -> [(isErrors: Bool, lines: [String])] {
    guard let execution = try newestExecution(in: tracker) else { return [] }
    return try Stream.all(of: execution.number).map { stream in
      let path = stream.file(in: execution.directory)
      let content: [UInt8]
      if FileManager.default.fileExists(atPath: path) {
        let kept = KeptOutput(path)
        (content, positions[stream]) = (kept.content, kept.count)
      } else {
        content = try tracker.artifact(named: stream.artifact, of: run) ?? []
        positions[stream] = try total(of: stream, execution, in: tracker)
      }
      return (isErrors: stream.isErrors, lines: content.lastLines(count))
    }.filter { !$0.lines.isEmpty }
  }

  /// What has come since.
  ///
  /// - Parameters:
  ///   - isLast: Whether the run has ended, so that all is recorded.
  ///   - tracker: The record.
  /// - Returns: The bytes as the command wrote them.
  /// - Throws: `SQLiteError` or `TrackerError`.
  mutating func news(isLast: Bool, in tracker: Tracker) throws -> [UInt8] {
    guard let execution = try newestExecution(in: tracker) else { return [] }
    var news: [UInt8] = []
    for stream in Stream.all(of: execution.number) {
      let path = stream.file(in: execution.directory)
      let position = positions[stream] ?? 0
      let (bytes, next) = KeptOutput.read(path, from: position)
      news += bytes
      positions[stream] = next
      guard isLast else { continue }
      // The directory may have been emptied before its last bytes were read.
      let rest = try total(of: stream, execution, in: tracker) - next
      guard rest > 0 else { continue }
      let recorded = try tracker.artifact(named: stream.artifact, of: run) ?? []
      news += recorded.suffix(Int(clamping: rest))
      positions[stream] = next + rest
    }
    return news
  }

  /// How many bytes an ended command wrote.
  private func total(
    of stream: Stream, _ execution: Execution, in tracker: Tracker
  ) throws -> Int64 {
    if let known = stream.isErrors ? execution.errorBytes : execution.outputBytes { return known }
    return Int64(try tracker.artifact(named: stream.artifact, of: run)?.count ?? 0)
  }
}
