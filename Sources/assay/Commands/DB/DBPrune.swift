import ArgumentParser
import Report
import SQLite
import Tracker

extension DBCommand {
  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "prune",
      abstract: "Drops checkpoints, deleted runs and leftovers, by a policy.",
      discussion: """
        --checkpoints best:3 --by accuracy drops the checkpoints of all finished runs but the three with \
        the best accuracy; the digests of what is dropped stay, so 'assay db info' still finds damage. Runs \
        that are not finished keep theirs. --deleted removes deleted runs for good. --orphans removes \
        contents and directories that no run has any more. The file gets smaller by 'assay db vacuum'.

        Example: assay db prune --checkpoints best:3 --by test_accuracy --dry-run
        Example: assay db prune --deleted --orphans
        """)

    @Option(
      help: ArgumentHelp(
        "Keeps the checkpoints of so many best runs, such as best:3, and drops the others'; best:0 drops "
          + "all.", valueName: "best:k"))
    var checkpoints: Kept?

    @Option(
      help: ArgumentHelp(
        "The metric, or expression over runs, that says which runs are the best.",
        valueName: "metric"))
    var by: String?

    @Flag(help: "The smallest value of --by is the best.")
    var minimise = false

    @Flag(help: "Removes deleted runs for good.")
    var deleted = false

    @Flag(help: "Removes contents that no run has, and directories that no run needs.")
    var orphans = false

    @Flag(help: "Lists what would be dropped, and changes nothing.")
    var dryRun = false

    @Option(help: "The format of results; table is another name for text.")
    var format = TableFormat.text

    @OptionGroup var amended: AmendedRuns

    /// How many of the best runs keep what they have.
    struct Kept: ExpressibleByArgument {
      let count: Int

      init?(argument: String) {
        guard let match = argument.wholeMatch(of: /best:(\d{1,9})/), let count = Int(match.1) else {
          return nil
        }
        self.count = count
      }
    }

    func validate() throws {
      guard checkpoints != nil || deleted || orphans else {
        throw ValidationError("say what to drop: --checkpoints best:K, --deleted or --orphans")
      }
      if (checkpoints?.count ?? 0) > 0, by == nil {
        throw ValidationError("--checkpoints needs to know which runs are the best: --by METRIC")
      }
      if checkpoints == nil, by != nil || minimise {
        throw ValidationError("--by and --minimise are of --checkpoints best:K")
      }
    }

    /// What is dropped, for the list.
    private struct Item {
      let what: String
      let run: String?
      let name: String
      let bytes: Int64
    }

    func run() throws {
      let tracker =
        try dryRun ? Tracker(reading: amended.database.resolvedPath) : amended.openTracker()
      var items: [Item] = []
      if let checkpoints {
        let spared = try best(checkpoints.count, in: tracker)
        let pruned = try tracker.prunableCheckpoints(sparing: spared)
        if !dryRun { try tracker.drop(pruned) }
        items += pruned.map {
          Item(what: "checkpoint", run: $0.run, name: $0.name, bytes: $0.bytes)
        }
      }
      if deleted { items += try removeDeleted(from: tracker) }
      if orphans { items += try removeOrphans(from: tracker) }
      try show(items)
    }

    /// The best runs by the metric's best value, as far as they have one.
    private func best(_ count: Int, in tracker: Tracker) throws -> Set<String> {
      guard count > 0, let by else { return [] }
      var selection = RunSelection()
      (selection.state, selection.aside, selection.limit) = (.finished, .archived, count)
      (selection.isDescending, selection.order) = (!minimise, by)
      // Of a metric, not its last value counts but its best one.
      let isMetric = try tracker.read { connection in
        try connection.rows("SELECT 1 FROM run_metrics WHERE metric = ? LIMIT 1", [.text(by)]) {
          _ in
          true
        }
      }
      if !isMetric.isEmpty {
        let name = by.replacing("\"", with: "\"\"")
        selection.order = "metric.\"\(name)\".\(minimise ? "min" : "max")"
      }
      let order = selection.order ?? by
      return Set(
        try selection.rows(order, in: tracker).rows.filter { $0[1] != .null }
          .compactMap { $0[0].text })
    }

    private func removeDeleted(from tracker: Tracker) throws -> [Item] {
      let sizes = Dictionary(
        try tracker.diskUsage().runs.map { ($0.run, $0.bytes) }
      ) { first, _ in first }
      let found = try tracker.deletedRuns().map(\.uuid)
      let removed = dryRun ? found : try remove(from: tracker)
      return removed.map { Item(what: "run", run: $0, name: "", bytes: sizes[$0] ?? 0) }
    }

    private func remove(from tracker: Tracker) throws -> [String] {
      let result = try tracker.removeDeletedRuns(isCancelled: Interruption.shared.isCancelled)
      RunDirectories(of: amended.database.resolvedPath).remove(result.removed)
      DBCommand.tellKept(result.kept)
      return result.removed
    }

    private func removeOrphans(from tracker: Tracker) throws -> [Item] {
      let directories = RunDirectories(of: amended.database.resolvedPath)
      let (contents, leftovers) = (
        try tracker.orphanedContents(), try directories.leftovers(in: tracker)
      )
      if !dryRun {
        try tracker.removeOrphanedContents()
        directories.remove(leftovers.map(\.run))
      }
      return contents.map { Item(what: "content", run: nil, name: $0.name, bytes: $0.bytes) }
        + leftovers.map { Item(what: "directory", run: $0.run, name: $0.path, bytes: $0.bytes) }
    }

    private func show(_ items: [Item]) throws {
      let isText = format == .text
      let total = ByteCount.text(items.reduce(0) { $0 + $1.bytes })
      let deed = dryRun ? "would be dropped" : "dropped"
      let rows: [[SQLValue]] = items.map {
        [
          .text($0.what), $0.run.map(SQLValue.text) ?? .null,
          $0.name.isEmpty ? .null : .text($0.name),
          isText ? .text(ByteCount.text($0.bytes)) : .integer($0.bytes),
        ]
      }
      if items.isEmpty, isText { return try StandardOutput.print("nothing \(deed)") }
      try StandardOutput.write(
        Table(
          title: "", notes: ["\(total) \(deed)."],
          columns: [
            .init("what", "what", .text), .init("run", "run", .run),
            .init("name", "name", .text), .init("bytes", "size", isText ? .text : .integer),
          ], rows: rows
        ).shown(as: format))
    }
  }

  /// Says which deleted runs could not be removed.
  static func tellKept(_ runs: [String]) {
    guard !runs.isEmpty else { return }
    let names = runs.map { String($0.prefix(8)) }.joined(separator: ", ")
    StandardError.write(
      "deleted runs stay whose results others used that are not deleted, or that still run: \(names)"
    )
  }
}
