import ArgumentParser
import SQLite
import Tracker

extension DBCommand {
  struct Vacuum: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "vacuum",
      abstract: "Removes deleted runs for good, and makes the file as small as it can be.",
      discussion: """
        It needs as much room on the disk as the file has content, for a moment. While another program reads \
        or writes the file, the exit code is 75 and the file keeps its size.

        Example: assay db vacuum
        """)

    @OptionGroup var database: DatabaseOptions

    /// How long other programs are waited for, in seconds.
    private static let patience = 5.0

    func run() throws {
      Interruption.shared.waitForWork()
      let isCancelled = Interruption.shared.isCancelled
      let tracker = try Tracker(
        writing: database.resolvedPath, creating: false,
        environment: RunEnvironment(version: assayVersion),
        patience: .limited(seconds: Self.patience), isCancelled: isCancelled,
        notice: { StandardError.write($0) })
      try ProgramDatabase.recover(in: tracker)
      let runs = try tracker.removeDeletedRuns(isCancelled: isCancelled)
      let directories = RunDirectories(of: database.resolvedPath)
      directories.remove(runs.removed)
      DBCommand.tellKept(runs.kept)
      try tracker.removeOrphanedContents()
      let sizes = try tracker.vacuum()
      if !runs.removed.isEmpty {
        try StandardOutput.print("removed \(runs.removed.count) deleted runs")
      }
      try StandardOutput.print(
        "\(database.resolvedPath): \(ByteCount.text(sizes.before)) before, "
          + "\(ByteCount.text(sizes.after)) after")
    }
  }
}
