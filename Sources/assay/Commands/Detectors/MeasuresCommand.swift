import ArgumentParser
import Detection
import Foundation
import Report
import SQLite
import Tracker

struct MeasuresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measures",
    abstract: "Lists measures and voter sets.",
    discussion: "Example: assay measures list",
    subcommands: [List.self, Voters.self])

  /// A list of a catalogue, with what a database adds to it.
  struct ListOptions: ParsableArguments {
    @OptionGroup var database: DatabaseOptions

    @Option(help: "The format of results; table is another name for text.")
    var format = TableFormat.text

    /// The rows that a database has; none where there is no database.
    func rows(_ sql: String) throws -> [[SQLValue]] {
      guard
        database.path != nil || FileManager.default.fileExists(atPath: database.resolvedPath)
      else { return [] }
      let tracker = try ProgramDatabase.openForReading(database.resolvedPath)
      return try tracker.read { try $0.query(sql, [:]).rows }
    }

    /// Prints the rows, those of a name once.
    func show(
      _ rows: [[SQLValue]], _ columns: [Table.Column], notes: [String] = [],
      shownToPeople: Set<String>
    ) throws {
      var known: Set<String> = []
      let distinct = rows.filter { known.insert($0.first?.text ?? "").inserted }
      try StandardOutput.write(
        Table(title: "", notes: notes, columns: columns, rows: distinct)
          .listed(as: format, forPeople: shownToPeople))
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists measures: numbers that tell clean images from adversarial ones.",
      discussion: """
        Measures of the catalogue, and those that the database has: scores of learned detectors, and \
        what other programs made. 'adversarial' says whether high or low values mean that. With \
        --format json there are units and summaries, too.

        Example: assay measures list
        Example: assay measures list --format json
        """)

    @OptionGroup var options: ListOptions

    func run() throws {
      let catalogue = try MeasureCatalogue.standard.map { name -> [SQLValue] in
        let measure = try MeasureCatalogue.measure(named: name).description
        return [
          .text(name), .text(measure.orientation.rawValue), .text(measure.unit),
          .text(measure.title), .text(measure.summary), .text(measure.source), .text("catalogue"),
        ]
      }
      let recorded = try options.rows(
        """
        SELECT measure, orientation, unit, title, summary, source, measure_kind FROM measures
        ORDER BY measure_number
        """)
      let own = MeasureCatalogue.kinds.filter { !$0.standard.contains($0.pattern) }
      let patterns = own.map { "\($0.pattern): \($0.summary)." }
      try options.show(
        recorded + catalogue,
        [
          .init("measure", "measure", .text), .init("orientation", "adversarial", .text),
          .init("unit", "unit", .text), .init("title", "what", .text),
          .init("summary", "what it is", .text), .init("source", "from", .text),
          .init("kind", "kind", .text),
        ],
        notes: patterns.isEmpty ? [] : ["Names take other values, too:"] + patterns,
        shownToPeople: ["measure", "orientation", "unit", "title", "source"])
    }
  }

  struct Voters: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "voters",
      abstract: "Lists voter sets: transforms that vote together.",
      discussion: """
        Sets of the catalogue, and those that the database has. 'crops' is the paper's, whose votes each \
        measurement has. The measure disagreement_SET counts the votes that differ.

        Example: assay measures voters
        """)

    @OptionGroup var options: ListOptions

    func run() throws {
      let catalogue = VoterSetCatalogue.sets.map { set -> [SQLValue] in
        [
          .text(set.name), .text(set.title), .text(set.summary),
          .text(set.voters.map(\.name).joined(separator: ",")),
        ]
      }
      let recorded = try options.rows(
        """
        SELECT voter_set.name, voter_set.title, voter_set.summary, coalesce(
          (SELECT group_concat(name, ',') FROM (
            SELECT voter.name FROM voter_set_member JOIN voter ON voter.id = voter_id
            WHERE voter_set_id = voter_set.id ORDER BY place)), '')
        FROM voter_set ORDER BY voter_set.id
        """)
      try options.show(
        recorded + catalogue,
        [
          .init("voter_set", "voter set", .text), .init("title", "what", .text),
          .init("summary", "what it is", .text), .init("voters", "voters", .text),
        ], shownToPeople: ["voter_set", "summary"])
    }
  }
}
