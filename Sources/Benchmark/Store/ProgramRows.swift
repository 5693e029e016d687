import Foundation
import SQLite
import Subprocess

/// What it costs to run a command as a run, and how fast its events are recorded.
enum ProgramRows {
  private static let writers = 4
  private static let points = 1_000_000
  private static let repetitions = 31

  static func rows() throws -> [BenchmarkRow] {
    try [events()] + Place.allCases.map(overhead)
  }

  /// Where a command runs: git is asked what differs from its commit.
  private enum Place: String, CaseIterable {
    case noRepository = "outside a repository"
    case clean = "in a clean repository"
    case changed = "in a changed repository"
  }

  /// Points a second from the command's start until all are recorded, each in an event of its own,
  /// appended by several processes at once.
  private static func events() throws -> BenchmarkRow {
    try TemporaryStore.withPath { path in
      let own = URL(fileURLWithPath: CommandLine.arguments[0]).path
      let writer = "'\(own)' append-events \(points / writers)"
      let script = (0..<writers).map { "\(writer) rank\($0) &" }.joined(separator: " ") + " wait"
      let seconds = try Stopwatch.seconds {
        try AssayProcess.run(["run", "--db", path, "--quiet", "--", "sh", "-c", script])
      }
      let recorded = try Connection(path: path, mode: .readOnly).rows(
        "SELECT count(*) FROM metrics"
      ) { try $0.int(0) }
      guard recorded == [points] else {
        throw SQLiteError(.misuse, "\(recorded) of \(points) points were recorded")
      }
      return BenchmarkRow(
        workload: "metric points by events of \(writers) processes",
        value: Double(points) / seconds, unit: "rows/s", target: .value(atLeast: 200_000))
    }
  }

  /// How much longer a command takes as a run than by itself.
  private static func overhead(in place: Place) throws -> BenchmarkRow {
    try TemporaryStore.withPath { path in
      let directory = path + "-work"
      try make(place, at: directory)
      let words = ["run", "--db", path, "--quiet", "--", "true"]
      try AssayProcess.run(words, in: directory)
      let recorded = try AssayProcess.seconds(words, in: directory, times: repetitions)
      let alone = try (0..<repetitions).map { _ in
        try Stopwatch.seconds { _ = try Subprocess("true", []).start().wait() }
      }.sorted()[repetitions / 2]
      return BenchmarkRow(
        workload: "assay run -- true, beyond the command, \(place.rawValue)",
        value: (recorded - alone) * 1000, unit: "ms", target: .value(below: 30))
    }
  }

  private static func make(_ place: Place, at directory: String) throws {
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: false)
    for number in 0..<20 {
      try Data("\(number)\n".utf8).write(
        to: URL(fileURLWithPath: directory + "/file-\(number).txt"))
    }
    guard place != .noRepository else { return }
    let commit = ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit"]
    for words in [["init"], ["add", "."], commit + ["--message", "files"]] {
      _ = try Subprocess("git", words, directory: directory).run(
        secondsAllowed: 20, isCancelled: { false })
    }
    guard place == .changed else { return }
    for name in ["file-0.txt", "new.txt"] {
      try Data("changed\n".utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
    }
  }

  /// Appends events to the file that a run names, as a program would.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - name: The metric's name.
  static func append(_ count: Int, of name: String) {
    let path = ProcessInfo.processInfo.environment["ASSAY_EVENTS"] ?? "/dev/null"
    let file = open(path, O_WRONLY | O_APPEND)
    for step in 0..<count {
      let line = "{\"metrics\": {\"\(name)\": \(1 / Double(step + 1))}, \"step\": \(step)}\n"
      let bytes = Array(line.utf8)
      _ = write(file, bytes, bytes.count)
    }
    close(file)
  }
}
