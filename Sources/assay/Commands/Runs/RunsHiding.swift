import ArgumentParser
import Tracker

/// Runs that are put aside, or no longer.
struct NamedRuns: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "One or more runs: the first digits of their UUIDs, or their names.", valueName: "run"),
    completion: .custom { words, _, _ in Completions.runs(words) })
  var prefixes: [String]

  @OptionGroup var amended: AmendedRuns

  /// Opens the database, changes the runs and says what happened to each of those that changed.
  func change(
    _ words: String, otherwise: String, isDeletedMeant: Bool = false,
    _ body: (Tracker, [Run]) throws -> [Run]
  ) throws {
    let tracker = try amended.openTracker()
    let runs = try tracker.runs(matching: prefixes, isDeletedMeant: isDeletedMeant)
    let changed = try body(tracker, runs)
    try amended.tell(changed, words)
    try amended.tell(runs.filter { !changed.contains($0) }, otherwise)
  }
}

extension RunsCommand {
  struct Archive: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "archive",
      abstract: "Has lists leave runs out, unless they are asked for all.",
      discussion: """
        Reports and queries still have archived runs.

        Example: assay runs archive 3f2a
        """)

    @OptionGroup var named: NamedRuns

    func run() throws {
      try named.change("is archived", otherwise: "was archived or deleted before") {
        try $0.archive($1)
      }
    }
  }

  struct Unarchive: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "unarchive", abstract: "Has lists show archived runs again.",
      discussion: "Example: assay runs unarchive 3f2a")

    @OptionGroup var named: NamedRuns

    func run() throws {
      try named.change("is no longer archived", otherwise: "was not archived") {
        try $0.unarchive($1)
      }
    }
  }

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "delete",
      abstract: "Leaves runs out of lists and reports, until they are restored.",
      discussion: """
        Views in SQL, such as metrics, and 'assay export' still have deleted runs; the view runs has \
        'deleted' in its column hidden for them.

        'assay runs list --deleted' lists what was deleted, 'assay runs restore' brings it back, and \
        'assay db vacuum' removes it for good. A run whose results another run used is deleted only \
        together with that one. A stage that is asked for again is restored.

        Example: assay runs delete 3f2a 91bc
        """)

    @OptionGroup var named: NamedRuns

    @Flag(help: "Also deletes the runs that used their results.")
    var withDescendants = false

    func run() throws {
      try named.change("is deleted", otherwise: "was deleted before") {
        try $0.delete($1, withDescendants: withDescendants)
      }
    }
  }

  struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "restore",
      abstract: "Brings deleted runs back, with the deleted runs that they used.",
      discussion: "Example: assay runs restore 3f2a")

    @OptionGroup var named: NamedRuns

    func run() throws {
      try named.change("is restored", otherwise: "was not deleted", isDeletedMeant: true) {
        try $0.restore($1)
      }
    }
  }
}
