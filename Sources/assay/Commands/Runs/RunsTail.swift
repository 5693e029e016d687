import ArgumentParser
import Foundation
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
      let tracker = try ProgramDatabase.openForReading(database.resolvedPath)
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
        let isLast = state != .running && state != .queued
        if showsOutput { try StandardOutput.write(try output.news(isLast: isLast, in: tracker)) }
        if showsMetrics { try StandardOutput.write(try metrics.news(in: tracker)) }
        guard !isLast else { break }
        guard !isCancelled() else { throw ExitCode(ExitStatus.interrupted.rawValue) }
        Thread.sleep(forTimeInterval: Self.pause)
      }
    }
  }
}
