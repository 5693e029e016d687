import ArgumentParser
import Report
import SQLite
import Tracker

struct DBCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "db", abstract: "Inspects, merges, backs up and prunes the database.",
    discussion: "Example: assay db info",
    subcommands: [
      Info.self, Usage.self, Merge.self, Prune.self, Vacuum.self, Migrate.self, Backup.self,
    ])

  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "info",
      abstract: "Shows what is in the database and checks that it is sound.",
      discussion: """
        The check compares finished rows and artifacts with the digests taken when they were written. \
        If it finds damage, the exit code is 65.

        Example: assay db info --format json
        """)

    @OptionGroup var reading: ReadingOptions

    func run() throws {
      let tracker = try reading.openTracker()
      let information = try tracker.information(isCancelled: Interruption.shared.isCancelled)
      let digests = information.digests
      let rows: [[SQLValue]] =
        [
          [.text("file"), .text(information.path)], [.text("uuid"), .text(information.uuid)],
          [.text("schema version"), .integer(Int64(information.schemaVersion))],
          [.text("SQLite"), .text(information.sqliteVersion)],
          [.text("journal mode"), .text(information.journalMode)],
          [.text("size in bytes"), .integer(information.byteCount)],
          [.text("integrity"), .text(information.integrity)],
          [.text("foreign key violations"), .integer(Int64(information.foreignKeyViolations))],
          [.text("digests compared"), .integer(Int64(digests.comparedCount))],
          [.text("digests that differ"), .integer(Int64(digests.damaged.count))],
          [.text("finished runs without digest"), .integer(Int64(digests.unknownRuns))],
        ] + information.rowCounts.map { [.text("rows of \($0.table)"), .integer($0.count)] }
      let table = Table(
        title: "",
        columns: [.init("property", "property", .text), .init("value", "value", .text)],
        rows: rows)
      try StandardOutput.write(table.shown(as: reading.format))
      guard let first = information.damage.first else { return }
      let others = information.damage.count - 1
      throw TrackerError.damagedRecord(first + (others > 0 ? " (and \(others) more)" : ""))
    }
  }

  struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "migrate",
      abstract: "Brings an older database to the newest schema, after copying it.",
      discussion: """
        Commands that write migrate by themselves. This command also takes digests of finished runs that \
        an older version recorded, so that later damage is found.

        Example: assay db migrate --db old.db
        """)

    @OptionGroup var database: DatabaseOptions

    func run() throws {
      Interruption.shared.waitForWork()
      let isCancelled = Interruption.shared.isCancelled
      // Opening it for reading first refuses a file that is not there.
      _ = try Connection(path: database.resolvedPath, mode: .readOnly, isCancelled: isCancelled)
      let tracker = try Tracker(
        writing: database.resolvedPath, environment: RunEnvironment(version: assayVersion),
        isCancelled: isCancelled, notice: { StandardError.write($0) })
      try tracker.takeMissingDigests(isCancelled: isCancelled)
      try StandardOutput.print("schema version \(try tracker.schemaVersion)")
    }
  }

  struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "backup",
      abstract: "Copies the database to a new file, also while others write to it.",
      discussion: "Example: assay db backup copy.db")

    @Argument(help: "The new file.")
    var target: String

    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let tracker = try Tracker(
        reading: database.resolvedPath, isCancelled: Interruption.shared.isCancelled)
      try tracker.backup(to: target)
      try StandardOutput.print("copied \(database.resolvedPath) to \(target)")
    }
  }
}
