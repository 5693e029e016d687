import ArgumentParser
import Foundation
import Tracker

/// Runs that are amended, and the database that they are in.
struct AmendedRuns: ParsableArguments {
  @OptionGroup var database: DatabaseOptions

  @OptionGroup var quiet: QuietOption

  /// Opens the database for writing; it must be there.
  func openTracker() throws -> Tracker {
    Interruption.shared.waitForWork()
    let tracker = try Tracker(
      writing: database.resolvedPath, creating: false,
      environment: RunEnvironment(version: assayVersion),
      isCancelled: Interruption.shared.isCancelled, notice: { StandardError.write($0) })
    try ProgramDatabase.recover(in: tracker)
    return tracker
  }

  /// Says what happened to each run, in the same words.
  func tell(_ runs: [Run], _ words: String) throws {
    guard !quiet.isOn else { return }
    for run in runs {
      let name = run.name.map { " '\($0)'" } ?? ""
      try StandardOutput.print("run \(run.uuid.prefix(8))\(name) \(words)".terminalText)
    }
  }
}

extension Tracker {
  /// The runs that a user names, each once; names that no other runs have may be deleted ones' if
  /// those are meant.
  func runs(matching texts: [String], isDeletedMeant: Bool = false) throws -> [Run] {
    try texts.map { try run(matching: $0, isDeletedMeant: isDeletedMeant) }.reduce(into: []) {
      runs, run in
      if !runs.contains(run) { runs.append(run) }
    }
  }
}

/// Runs, and behind them the one word that they are given.
struct RunsAndWord: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "One or more runs, by the first digits of their UUIDs or by name, and behind them the word.",
      valueName: "run ... word"),
    completion: .custom { words, _, _ in Completions.runs(words) })
  var words: [String]

  /// The word; nil if there are only runs, which is for those that take a word back.
  func parted(isWithout: Bool) throws -> (runs: [String], word: String?) {
    guard !isWithout else { return (words, nil) }
    guard let word = words.last, words.count > 1 else {
      throw ValidationError("runs come first, then the word that they are given")
    }
    return (Array(words.dropLast()), word)
  }
}

extension RunsCommand {
  struct Name: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "name", abstract: "Names a run anew.",
      usage: "assay runs name <run> <name>\nassay runs name <run> --none",
      discussion: """
        A name never changes which finished work is reused. --none gives back the name that the run began \
        with.

        Example: assay runs name 3f2a baseline
        """)

    @OptionGroup var given: RunsAndWord

    @Flag(help: "Gives the run back the name that it began with.")
    var none = false

    @OptionGroup var amended: AmendedRuns

    func validate() throws {
      guard given.words.count == (none ? 1 : 2) else {
        throw ValidationError(none ? "--none is of one run" : "a run comes first, then its name")
      }
    }

    func run() throws {
      let tracker = try amended.openTracker()
      let (prefixes, name) = try given.parted(isWithout: none)
      let runs = try tracker.runs(matching: prefixes)
      try tracker.amend(runs) { writer in
        if let name { try writer.setName(name) } else { try writer.clearName() }
      }
      try amended.tell(
        runs, name.map { "is now called '\($0)'" } ?? "has the name that it began with")
    }
  }

  struct Group: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "group", abstract: "Puts runs together under a name.",
      usage: "assay runs group <run> ... <group>\nassay runs group <run> ... --none",
      discussion: """
        The group is the column group_name of the view runs.

        Example: assay runs group 3f2a 91bc ablation
        Example: assay runs list --where "group_name = 'ablation'"
        """)

    @OptionGroup var given: RunsAndWord

    @Flag(help: "Takes the runs out of their groups.")
    var none = false

    @OptionGroup var amended: AmendedRuns

    func run() throws {
      let tracker = try amended.openTracker()
      let (prefixes, group) = try given.parted(isWithout: none)
      let runs = try tracker.runs(matching: prefixes)
      try tracker.amend(runs) { writer in
        if let group { try writer.setGroup(group) } else { try writer.clearGroup() }
      }
      try amended.tell(runs, group.map { "is in the group '\($0)'" } ?? "is in no group")
    }
  }

  struct Tag: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "tag", abstract: "Gives runs a tag.",
      usage: "assay runs tag <run> ... <tag>",
      discussion: """
        Example: assay runs tag 3f2a 91bc baseline
        Example: assay runs list --where tag.baseline
        """)

    @OptionGroup var given: RunsAndWord

    @OptionGroup var amended: AmendedRuns

    func run() throws {
      let tracker = try amended.openTracker()
      let (prefixes, word) = try given.parted(isWithout: false)
      let (runs, tag) = (try tracker.runs(matching: prefixes), word ?? "")
      try tracker.amend(runs) { try $0.addTag(tag) }
      try amended.tell(runs, "has the tag '\(tag)'")
    }
  }

  struct Untag: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "untag", abstract: "Takes a tag from runs.",
      usage: "assay runs untag <run> ... <tag>",
      discussion: "Example: assay runs untag 3f2a baseline")

    @OptionGroup var given: RunsAndWord

    @OptionGroup var amended: AmendedRuns

    func run() throws {
      let tracker = try amended.openTracker()
      let (prefixes, word) = try given.parted(isWithout: false)
      let (runs, tag) = (try tracker.runs(matching: prefixes), word ?? "")
      try tracker.amend(runs) { _ = try $0.removeTag(tag) }
      try amended.tell(runs, "is without the tag '\(tag)'")
    }
  }

  struct Note: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "note", abstract: "Adds a note to runs.",
      usage: "assay runs note <run> ... <text>",
      discussion: "Example: assay runs note 3f2a \"trained on the wrong split\"")

    @OptionGroup var given: RunsAndWord

    @OptionGroup var amended: AmendedRuns

    func run() throws {
      let tracker = try amended.openTracker()
      let (prefixes, text) = try given.parted(isWithout: false)
      guard let text, !text.isEmpty else { throw ValidationError("a note needs a text") }
      let runs = try tracker.runs(matching: prefixes)
      try tracker.amend(runs) { try $0.addNote(text) }
      try amended.tell(runs, "has the note '\(text)'")
    }
  }
}
