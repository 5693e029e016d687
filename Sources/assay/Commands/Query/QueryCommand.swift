import ArgumentParser
import Foundation
import Report
import SQLite
import Tracker

struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Asks the database: by name, by a file, or in SQL.",
    usage: """
      assay query
      assay query <name> [--<parameter> <value> ...]
      assay query --sql <select>
      assay query --file <file> [--param <name>=<value> ...]
      assay query --views [<view>]
      """,
    discussion: """
      Without a name, the command lists the queries. A query's parameters are options: 'assay query NAME \
      --help' lists them. A parameter that you don't give means all. A query can only read.

      Example: assay query best_thresholds --attack fgsm --part heldout
      Example: assay query roc --attack jsma --format csv -o roc.csv
      Example: assay query --sql "SELECT kind, count(*) AS runs FROM runs GROUP BY kind"
      Example: assay query -f mine.sql --param run=3f2a --format json
      Example: assay query --explain table2
      Example: assay query leaderboard --db shards/0.db --also shards/1.db --also shards/2.db
      Example: assay query --views adversarial_sets
      """,
    helpNames: [])

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("The query's name, then its parameters as options.", valueName: "name"),
    completion: .custom { words, _, _ in Completions.queries(words) })
  var words: [String] = []

  @OptionGroup var reading: ReadingOptions

  @Option(
    help: ArgumentHelp(
      "Another file that is asked too, as if it were merged; may be repeated.", valueName: "file"),
    completion: .file(extensions: ["db"]))
  var also: [String] = []

  @Option(help: ArgumentHelp("Your own query.", valueName: "select"))
  var sql: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("A file with your own query.", valueName: "file"),
    completion: .file(extensions: ["sql"]))
  var file: String?

  @Option(
    help: ArgumentHelp("The value of a parameter in your own query.", valueName: "name=value"))
  var param: [String] = []

  @Flag(help: "Shows what the query means, SQLite's plan and the text, without running it.")
  var explain = false

  @Flag(help: "Lists the views with their columns, or the columns of one with what they mean.")
  var views = false

  @Option(help: ArgumentHelp("Gives up after this time.", valueName: "seconds"))
  var timeout: Double?

  @Option(
    help: ArgumentHelp(
      "A directory of your own queries, added to the list. (default: ASSAY_QUERIES)",
      valueName: "directory"),
    completion: .directory)
  var queries: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write. (default: standard output)", valueName: "file"),
    transform: OutputPath.given)
  var output: String?

  @OptionGroup var quiet: QuietOption

  @Flag(name: .shortAndLong, help: "Shows this help, or a query's.")
  var help = false

  func validate() throws {
    if let timeout, !(timeout > 0 && timeout <= 1e9) {
      throw ValidationError("--timeout must be a number of seconds above 0, not \(timeout)")
    }
    if sql != nil, file != nil {
      throw ValidationError("--sql and --file are two queries; give one")
    }
  }

  func run() throws {
    let request = try QueryRequest(words: words, assignments: param, hasOwnText: sql ?? file != nil)
    let catalogue = try QueryCatalogue(folder: Self.folder(queries))
    if help {
      guard let name = request.name else { return try StandardOutput.print(Self.helpMessage()) }
      return try StandardOutput.print(QueryManual(try catalogue.query(named: name)).text)
    }
    if views {
      let tracker = try reading.openTracker()
      let list = try ViewList(of: tracker)
      if request.name == nil, reading.format == .text {
        let style = TerminalStyle.standardOutput(isFile: output != nil)
        return try write(list.text(width: style.tableWidth ?? ViewList.lineLength))
      }
      let (columns, rows) = try list.rows(of: request.name)
      return try write(reading.table(columns, rows))
    }
    guard let query = try chosenQuery(request, catalogue) else {
      let list = QueryList(catalogue)
      return try write(
        reading.format == .text
          ? list.text(width: TerminalStyle.standardOutput(isFile: output != nil).tableWidth)
          : reading.table(["query", "answers", "group"], list.rows))
    }
    let united = try also.isEmpty ? nil : UnitedFiles([reading.database.resolvedPath] + also)
    defer { withExtendedLifetime(united) {} }
    let tracker =
      try united?.tracker
      ?? Tracker(
        reading: reading.database.resolvedPath, isCancelled: Interruption.shared.isCancelled)
    let values = try suggesting(tracker) { try request.values(for: query, in: tracker) }
    if explain {
      let plan = try tracker.read { try QueryPlan(of: query.sql, values, on: $0) }
      return try write(QueryManual(query).text + "\n\n" + plan.text + "\n\n" + query.sql + "\n")
    }
    try answer(query, values, from: tracker)
  }

  /// Adds to an error about a name that SQLite does not know what may have been meant.
  private func suggesting<Result>(
    _ tracker: Tracker, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let error as SQLiteError {
      let message = "\(error)"
      guard message.contains("no such column") || message.contains("no such table") else {
        throw error
      }
      let near = (try? ViewList(of: tracker))?.suggestions(for: message) ?? []
      throw UnknownName(message: message, near: near, status: error.status)
    }
  }

  /// The folder of the user's own queries.
  static func folder(_ option: String?) -> String? {
    let folder = option ?? ProcessInfo.processInfo.environment["ASSAY_QUERIES"]
    return folder.flatMap { $0.isEmpty ? nil : $0 }
  }

  private func chosenQuery(
    _ request: QueryRequest, _ catalogue: QueryCatalogue
  ) throws -> NamedQuery? {
    if let sql { return NamedQuery(name: "of --sql", sql: sql) }
    if let file { return try QueryCatalogue.file(at: file) }
    return try request.name.map(catalogue.query(named:))
  }

  /// Writes the rows as they come, where the format allows it; the user or the clock may end it.
  private func answer(
    _ query: NamedQuery, _ values: [String: SQLValue], from tracker: Tracker
  ) throws {
    let isCancelled = Interruption.shared.isCancelled
    let deadline = QueryDeadline(seconds: timeout, isCancelled: isCancelled)
    defer { deadline.end() }
    do {
      let result = try ResultFile(path: output)
      try tracker.read { connection in
        let cursor = try connection.cursor(query.sql, values, isOver: deadline.isOver)
        guard let encoder = RowEncoder(reading.format, columns: cursor.columns) else {
          return try result.write(
            Table(columns: cursor.columns, rows: try cursor.rest()).rendered(
              as: reading.format,
              width: TerminalStyle.standardOutput(isFile: output != nil).tableWidth))
        }
        try result.write(encoder.header)
        while let row = try cursor.next() { try result.write(encoder.line(row)) }
      }
      try result.finish()
      ResultFile.tell(output, quiet: quiet.isOn)
    } catch let error as SQLiteError where error.kind == .interrupted {
      guard let timeout, !isCancelled() else {
        StandardError.write("assay: interrupted")
        throw ExitCode(130)
      }
      throw QueryTimeout(seconds: timeout)
    }
  }

  private func write(_ text: String) throws {
    let result = try ResultFile(path: output)
    try result.write(text)
    try result.finish()
    ResultFile.tell(output, quiet: quiet.isOn)
  }
}

/// A query took longer than the user wanted to wait.
struct QueryTimeout: Reportable, CustomStringConvertible {
  let seconds: Double

  var description: String { "the query was not done after \(seconds) s" }
  var remedy: String? {
    "give it more with --timeout, or see with --explain what takes so long"
  }
  var status: ExitStatus { .tryAgain }
}

extension Table {
  /// A table of whatever a query gives: what the columns are is seen from their values.
  init(columns names: [String], rows: [[SQLValue]]) {
    let columns = names.indices.map { index in
      Column(names[index], names[index], Self.format(of: rows.lazy.map { $0[index] }))
    }
    self.init(title: "", columns: columns, rows: rows)
  }

  private static func format(of values: some Sequence<SQLValue>) -> ColumnFormat {
    var format: ColumnFormat?
    for value in values {
      let own: ColumnFormat
      switch value {
      case .null: continue
      case .integer, .real: own = .mixed
      case .text(let text): own = text.isRunUUID ? .run : .text
      case .blob: own = .text
      }
      guard own == format ?? own, own != .text else { return .text }
      format = own
    }
    return format ?? .text
  }
}
