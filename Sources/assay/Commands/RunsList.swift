import ArgumentParser
import Foundation
import Report
import SQLite
import Tracker

extension RunsCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists runs, the newest first.",
      discussion: """
        The list leaves out runs that only sweeps' trials computed, unless you give --all. In the \
        text format it ends after 200 runs, unless you give --limit.

        Example: assay runs list --state interrupted --format json
        Example: assay runs list --kind attack --since 2d --sort duration
        """)

    @OptionGroup var reading: ReadingOptions

    @Option(
      help: "Only runs of this kind, such as train, attack, measure.",
      completion: .custom { words, _, _ in Completions.kinds(words) })
    var kind: String?

    @Option(help: "Only runs in this state.")
    var state: RunState?

    @Option(
      help: ArgumentHelp(
        "Only runs created since a date, such as 2026-11-28, or in the last days, hours or minutes, "
          + "such as 2d, 12h or 30m.", valueName: "time"))
    var since: Moment?

    @Option(help: "The order: newest first, longest first, or alphabetical.")
    var sort = Order.created

    @Option(help: "The number of runs to list; 0 for all. (default: 200 as text, else all)")
    var limit: Int?

    @Flag(help: "Also lists runs that only sweeps' trials computed.")
    var all = false

    enum Order: String, CaseIterable, ExpressibleByArgument {
      case created, duration, kind, name, state
    }

    /// How many runs people are shown at a time.
    private static let usualLimit = 200

    func validate() throws {
      if let limit, limit < 0 { throw ValidationError("--limit must be 0 or more, not \(limit)") }
    }

    func run() throws {
      let tracker = try reading.openTracker()
      let isForPeople = reading.format == .text
      let limit = limit ?? (isForPeople ? Self.usualLimit : 0)
      let result = try tracker.query(
        .runs,
        [
          "kind": kind.map(SQLValue.text) ?? .null,
          "state": state.map { .text($0.rawValue) } ?? .null,
          "since": since.map { .text($0.text) } ?? .null, "sort": .text(sort.rawValue),
          // One more tells whether there are more.
          "limit": limit > 0 ? .integer(Int64(limit) + (isForPeople ? 1 : 0)) : .null,
          "trials": .integer(all ? 1 : 0),
        ])
      guard isForPeople else {
        let columns = result.columns.map { Table.Column($0, $0, .text) }
        return try StandardOutput.write(
          Table(title: "", columns: columns, rows: result.rows).shown(as: reading.format))
      }
      let hasMore = limit > 0 && result.rows.count > limit
      var notes = hasMore ? ["There are more; --limit 0 shows all."] : []
      if !all, try hasTrials(tracker) {
        notes.append("Runs of sweeps' trials are left out; --all shows them.")
      }
      let rows = hasMore ? Array(result.rows.prefix(limit)) : result.rows
      try StandardOutput.write(
        RunList(rows: rows, columns: result.columns).table(notes: notes).shown(as: .text))
    }

    private func hasTrials(_ tracker: Tracker) throws -> Bool {
      try tracker.read { try $0.rows("SELECT 1 FROM trial_runs LIMIT 1") { try $0.int(0) } } == [1]
    }
  }

  /// A time in the past, as a user names it.
  struct Moment: ExpressibleByArgument {
    /// The time as views have it.
    let text: String

    /// Reads a date, a time in UTC, or how long ago it was.
    init?(argument: String) {
      let units = ["d": 86_400.0, "h": 3_600, "m": 60]
      if let unit = argument.last.flatMap({ units[String($0)] }),
        let count = Double(argument.dropLast()), count >= 0, count < 1e6
      {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        text = Date(timeIntervalSinceNow: -count * unit).formatted(style)
      } else if argument.wholeMatch(of: /\d{4}-\d\d-\d\d([T ]\d\d(:\d\d(:\d\d)?)?Z?)?/) != nil {
        text = argument.replacing(" ", with: "T")
      } else {
        return nil
      }
    }
  }
}

/// Runs as people are shown them: no zero where there is nothing to say.
private struct RunList {
  let rows: [[SQLValue]]
  let columns: [String]

  func table(notes: [String]) -> Table {
    var columns: [(name: String, heading: String, format: ColumnFormat)] = [
      ("run", "run", .run), ("kind", "kind", .text), ("what", "what", .text),
      ("state", "state", .text), ("seed", "seed", .text), ("created", "created (UTC)", .text),
      ("duration", "duration", .text),
    ]
    let shares = rows.map(share)
    if shares.contains(where: { $0 != nil }) { columns.append(("done", "done", .text)) }
    let shown = zip(rows, shares).map { row, share -> [SQLValue] in
      let value = { (name: String) in self.value(name, of: row) }
      let cells: [SQLValue] = [
        value("run"), value("kind"), .text(what(row)), value("state"), value("seed"),
        .text(String((value("created").text ?? "").prefix(16)).replacing("T", with: " ")),
        duration(row),
      ]
      return columns.count > cells.count ? cells + [share.map(SQLValue.text) ?? .null] : cells
    }
    return Table(
      title: "", notes: notes,
      columns: columns.map { Table.Column($0.name, $0.heading, $0.format) }, rows: shown)
  }

  private func value(_ name: String, of row: [SQLValue]) -> SQLValue {
    columns.firstIndex(of: name).map { row[$0] } ?? .null
  }

  /// The user's own name, and what tells the run from others.
  private func what(_ row: [SQLValue]) -> String {
    let (name, details) = (value("name", of: row).text, value("details", of: row).text)
    guard let name else { return details ?? "" }
    return details.map { "\(name): \($0)" } ?? name
  }

  /// A study's own run joins others and takes no time, nor do those that were imported.
  private func duration(_ row: [SQLValue]) -> SQLValue {
    guard let seconds = value("duration_seconds", of: row).real, seconds >= 0.05 else {
      return .null
    }
    return .text(ProgressBar.duration(seconds))
  }

  /// How much is done of a run that is not finished.
  private func share(_ row: [SQLValue]) -> String? {
    guard value("state", of: row).text != "finished",
      let done = value("progress_done", of: row).integer,
      let total = value("progress_total", of: row).integer, total > 0
    else { return nil }
    return "\(100 * done / total)%"
  }
}
