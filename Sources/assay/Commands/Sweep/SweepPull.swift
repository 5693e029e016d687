import ArgumentParser
import Sweep
import Tracker

extension SweepCommand {
  struct Pull: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "pull",
      abstract: "Copies a sweep's record from the server of its queue into the database.",
      discussion: """
        Trials come with their values, reports and attempts, and are connected with those of their runs \
        that the database has: merge the workers' files first. Pulling again brings what is new. What the \
        server has stays there.

        Example: assay sweep pull learning-rate --queue postgresql://host/assay --db all.db
        """)

    @OptionGroup var sweep: SweepArgument
    @OptionGroup var queue: QueueOption
    @OptionGroup var database: DatabaseOptions

    func run() throws {
      Interruption.shared.waitForWork()
      guard let server = try queue.server(notice: { StandardError.write("assay: \($0)") }) else {
        throw ValidationError("name the server of the queue by --queue or ASSAY_QUEUE")
      }
      let record = try server.record(of: server.sweep(named: sweep.name))
      let path = database.resolvedPath
      let copied = try Tracker.copy(
        record, into: path, environment: RunEnvironment(version: assayVersion),
        isCancelled: Interruption.shared.isCancelled, notice: { StandardError.write($0) })
      let line =
        "\(sweep.name): \(copied.trials) of \(record.trials.count) trials are new; "
        + "\(copied.knownRuns) of their runs are in \(path)"
      try StandardOutput.print(line.terminalText)
      guard copied.missingRuns > 0 else { return }
      try StandardOutput.print(
        "\(copied.missingRuns) runs are in the workers' files; merge these and pull again: "
          + "assay db merge \(ShellWord(path)) FILE...".terminalText)
    }
  }
}
