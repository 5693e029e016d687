import ArgumentParser
import Foundation
import Program
import SQLite
import Tracker

extension RunsCommand {
  struct Tail: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "tail",
      abstract: "Shows the last output and metrics of a run, and follows them.",
      discussion: """
        With --follow it goes on with what comes, until the run ends. Ctrl-C leaves the run alone; the exit \
        code is 130 then. Output goes to standard output as the command wrote it. Metrics are lines such as \
        'step 12  loss 0.25'.

        Example: assay runs tail 3f2a
        Example: assay runs tail baseline --follow --only metrics
        """)

    @Argument(
      help: ArgumentHelp(
        "The run: the first digits of its UUID, or its name.", valueName: "run"),
      completion: .custom { words, _, _ in Completions.runs(words) })
    var prefix: String

    @OptionGroup var database: DatabaseOptions

    @Flag(name: .shortAndLong, help: "Goes on with what comes, until the run ends.")
    var follow = false

    @Option(name: .shortAndLong, help: "How many lines of output, and steps, to begin with.")
    var lines = 10

    @Option(help: "Shows only output, or only metrics.")
    var only: Part?

    enum Part: String, CaseIterable, ExpressibleByArgument {
      case output, metrics
    }

    /// How long it waits between two looks, in seconds.
    private static let pause = 0.2

    func validate() throws {
      if !(0...1_000_000).contains(lines) {
        throw ValidationError("--lines must be from 0 to 1000000, not \(lines)")
      }
    }

    func run() throws {
      let isCancelled = Interruption.shared.isCancelled
      if follow { Interruption.shared.waitForWork() }
      let tracker = try Tracker(reading: database.resolvedPath, isCancelled: isCancelled)
      let run = try tracker.run(matching: prefix)
      var output = RunOutput(of: run)
      var metrics = RunMetricTail(of: run)
      let showsOutput = only != .metrics
      let showsMetrics = only != .output
      if showsOutput { try StandardOutput.write(try output.beginning(lines: lines, in: tracker)) }
      if showsMetrics { try StandardOutput.write(try metrics.beginning(steps: lines, in: tracker)) }
      while follow {
        // The state is read first: what is recorded with the end is shown after it.
        let state = try tracker.run(uuid: run.uuid).state
        if showsOutput { try StandardOutput.write(try output.news(in: tracker)) }
        if showsMetrics { try StandardOutput.write(try metrics.news(in: tracker)) }
        guard state == .running || state == .queued else { break }
        guard !isCancelled() else { throw ExitCode(ExitStatus.interrupted.rawValue) }
        Thread.sleep(forTimeInterval: Self.pause)
      }
    }
  }
}

/// The metrics of a run as lines, a step a line.
struct RunMetricTail {
  private let run: Run
  /// The last step of each metric that was shown.
  private var shown: [String: Int64] = [:]

  init(of run: Run) {
    self.run = run
  }

  private struct Value {
    let name: String
    let step: Int64
    let value: Double
  }

  /// The last steps.
  mutating func beginning(steps: Int, in tracker: Tracker) throws -> String {
    let names = try tracker.read { connection in
      try connection.rows(
        "SELECT metric FROM run_metrics WHERE run = ?", [.text(run.uuid)]
      ) { try $0.text(0) }
    }
    let found = try names.flatMap { name in
      try values(of: name, after: nil, limit: steps, in: tracker)
    }
    for name in names where shown[name] == nil {
      shown[name] = try lastStep(of: name, in: tracker)
    }
    let lines = lines(of: found)
    return lines.suffix(steps).joined()
  }

  /// What has come since.
  mutating func news(in tracker: Tracker) throws -> String {
    let names = try tracker.read { connection in
      try connection.rows(
        "SELECT DISTINCT name FROM metric WHERE run_id = ?", [.integer(run.id)]
      ) { try $0.text(0) }
    }
    return lines(
      of: try names.flatMap { try values(of: $0, after: shown[$0], limit: -1, in: tracker) }
    ).joined()
  }

  private func lastStep(of name: String, in tracker: Tracker) throws -> Int64? {
    try tracker.read { connection in
      try connection.rows(
        "SELECT max(step) FROM metric WHERE run_id = ? AND name = ?",
        [.integer(run.id), .text(name)]
      ) { $0.value(0).integer }.first ?? nil
    }
  }

  /// The newest values of a metric behind a step, in the order of steps.
  private func values(
    of name: String, after step: Int64?, limit: Int, in tracker: Tracker
  ) throws -> [Value] {
    try tracker.read { connection in
      try connection.rows(
        """
        SELECT step, value FROM metric
        WHERE run_id = ?1 AND name = ?2 AND (?3 IS NULL OR step > ?3)
        ORDER BY step DESC LIMIT ?4
        """,
        [
          .integer(run.id), .text(name), step.map(SQLValue.integer) ?? .null,
          .integer(Int64(limit)),
        ]
      ) { Value(name: name, step: try $0.int64(0), value: $0.value(1).real ?? .nan) }
    }.reversed()
  }

  /// A line for each step, with the values of all metrics that have one there.
  private mutating func lines(of values: [Value]) -> [String] {
    for value in values { shown[value.name] = max(shown[value.name] ?? .min, value.step) }
    let steps = Dictionary(grouping: values, by: \.step)
    return steps.keys.sorted().map { step in
      let parts = (steps[step] ?? []).sorted { $0.name < $1.name }.map {
        "\($0.name) \(String(format: "%.6g", $0.value))"
      }
      return (["step \(step)"] + parts).joined(separator: "  ").terminalText + "\n"
    }
  }
}

/// What a run's command wrote, from the run's directory while it runs, and from its artifacts when
/// it has ended.
struct RunOutput {
  private let run: Run
  /// How many bytes of each stream were shown, by the artifact's name.
  private var shown: [String: Int] = [:]

  private static let streams = ["output", "errors"]

  init(of run: Run) {
    self.run = run
  }

  /// The last lines.
  mutating func beginning(lines: Int, in tracker: Tracker) throws -> [UInt8] {
    try Self.streams.flatMap { stream -> [UInt8] in
      let all = try bytes(of: stream, in: tracker)
      shown[stream] = all.count
      return Array(all.lastLines(lines).map { $0 + "\n" }.joined().utf8)
    }
  }

  /// What has come since.
  mutating func news(in tracker: Tracker) throws -> [UInt8] {
    try Self.streams.flatMap { stream -> [UInt8] in
      let all = try bytes(of: stream, in: tracker)
      let start = min(shown[stream] ?? 0, all.count)
      shown[stream] = all.count
      return Array(all[start...])
    }
  }

  private func bytes(of stream: String, in tracker: Tracker) throws -> [UInt8] {
    try tracker.artifact(named: stream, of: run) ?? []
  }
}
