import ArgumentParser
import Report
import SQLite
import Tracker

extension RunsCommand {
  struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "compare",
      abstract: "Shows how runs differ: settings, metrics, results.",
      discussion: """
        What differs comes first. The results of a study are the results of its stages. For two runs, the \
        difference of numbers is the second's less the first's.

        Example: assay runs compare 3f2a 91bc
        Example: assay runs compare 3f2a 91bc --all --format csv
        """)

    @Argument(
      help: ArgumentHelp(
        "Two or more runs: the first digits of their UUIDs, or their names.", valueName: "run"),
      completion: .custom { words, _, _ in Completions.runs(words) })
    var prefixes: [String]

    @OptionGroup var reading: ReadingOptions

    @Flag(help: "Also shows what is the same in all runs.")
    var all = false

    func validate() throws {
      guard prefixes.count > 1 else {
        throw ValidationError("a comparison needs two runs or more")
      }
    }

    func run() throws {
      let tracker = try reading.openTracker()
      let runs = try tracker.runs(matching: prefixes).map(\.uuid)
      let comparison = try RunComparison(of: runs, in: tracker)
      let table = comparison.table(withSame: all, shortened: reading.format == .text)
      try StandardOutput.write(table.shown(as: reading.format))
    }
  }
}

/// The values of several runs side by side.
struct RunComparison {
  private struct Line {
    let section: String
    let name: String
    var values: [String: SQLValue] = [:]
  }

  private let runs: [String]
  private var lines: [Line] = []

  init(of runs: [String], in tracker: Tracker) throws {
    self.runs = runs
    let list = JSONValue.array(runs.map { .string($0) }).canonical
    var places: [[String]: Int] = [:]
    for row in try tracker.query(.runValues, ["runs": .text(list)]).rows {
      guard case .text(let run) = row[0], case .text(let section) = row[1],
        case .text(let name) = row[2]
      else { continue }
      let place = places[[section, name]] ?? lines.count
      if place == lines.count {
        lines.append(Line(section: section, name: name))
        places[[section, name]] = place
      }
      lines[place].values[run] = row[3]
    }
    let order = ["run", "setting", "metric", "result"]
    lines.sort {
      let places = (order.firstIndex(of: $0.section) ?? 4, order.firstIndex(of: $1.section) ?? 4)
      return places.0 == places.1 ? $0.name < $1.name : places.0 < places.1
    }
  }

  private func isDifferent(_ line: Line) -> Bool {
    runs.dropFirst().contains { line.values[$0] != line.values[runs[0]] }
  }

  /// How much of a text people are shown, in columns.
  private static let textWidth = 28

  /// A line a value, a column a run; what differs comes first.
  ///
  /// - Parameters:
  ///   - isComplete: Whether what is the same is there too.
  ///   - isShortened: Whether long texts are cut.
  /// - Returns: The table.
  func table(withSame isComplete: Bool, shortened isShortened: Bool) -> Table {
    let differing = lines.filter(isDifferent)
    let shown = isComplete ? differing + lines.filter { !isDifferent($0) } : differing
    var columns =
      ["section", "name"].map { Table.Column($0, $0, .text) }
      + runs.map { Table.Column($0, String($0.prefix(8)), .mixed) }
    let isOfTwo = runs.count == 2
    if isOfTwo { columns.append(Table.Column("difference", "difference", .mixed)) }
    let rows = shown.map { line in
      [.text(line.section), .text(line.name)]
        + runs.map { run in
          let value = line.values[run] ?? .null
          guard isShortened, let text = value.text else { return value }
          return .text(text.terminalText.prefix(columns: Self.textWidth))
        } + (isOfTwo ? [difference(of: line)] : [])
    }
    return Table(
      title: "", notes: differing.isEmpty ? ["The runs do not differ."] : [], columns: columns,
      rows: rows)
  }

  /// The second run's number less the first's; seeds and settings are not measured.
  private func difference(of line: Line) -> SQLValue {
    guard line.section != "setting", line.name != "seed",
      let first = line.values[runs[0]]?.real, let second = line.values[runs[1]]?.real,
      first != second
    else { return .null }
    return .real(second - first)
  }
}
