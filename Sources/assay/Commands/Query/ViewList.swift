import SQLite
import Tracker

/// The public views of a database and their columns.
struct ViewList {
  /// Columns by view.
  let columns: [(view: String, names: [String])]
  /// Each view's definition.
  private let definitions: [String]

  /// Reads them.
  ///
  /// - Throws: `SQLiteError`.
  init(of tracker: Tracker) throws {
    (columns, definitions) = try tracker.read { connection in
      let views = try connection.rows(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'view' ORDER BY name"
      ) { (name: try $0.text(0), sql: try $0.text(1)) }
      let columns = try views.map {
        (view: $0.name, names: try connection.describe("SELECT * FROM \($0.name)").columns)
      }
      return (columns, views.map(\.sql))
    }
  }

  /// The views with all of their columns, or the columns of one view with their meanings, which the
  /// comments of its definition say.
  ///
  /// - Throws: ``UnknownView``.
  func rows(of view: String?) throws -> (columns: [String], rows: [[SQLValue]]) {
    guard let view else {
      return (
        ["view", "columns"],
        columns.map { [.text($0.view), .text($0.names.joined(separator: ", "))] }
      )
    }
    guard let place = columns.firstIndex(where: { $0.view == view }) else {
      throw UnknownView(name: view, near: Suggestions.near(view, among: columns.map(\.view)))
    }
    let names = columns[place].names
    let meanings = ViewComments(of: definitions[place]).meanings
    // A view of the user's own may name its columns in another way, or not at all.
    let known = meanings.count == names.count ? meanings : names.map { _ in "" }
    return (["column", "meaning"], zip(names, known).map { [.text($0), .text($1)] })
  }

  /// Where the list breaks lines that are not for a terminal.
  static let lineLength = 100

  /// The list for people: each view above its columns.
  ///
  /// - Parameter width: The number of characters that lines are broken at.
  /// - Returns: The lines.
  func text(width: Int) -> String {
    columns.map { view, names in
      let lines = names.dropLast().map { $0 + "," } + names.suffix(1)
      let indented = lines.reduce(into: [""]) { lines, name in
        let isFull = (lines.last?.count ?? 0) + name.count + 3 > width
        if isFull, lines.last != "" { lines.append("") }
        lines[lines.count - 1] += (lines.last == "" ? "  " : " ") + name
      }
      return ([view] + indented).map { $0.terminalText + "\n" }.joined()
    }.joined(separator: "\n")
  }

  /// What was meant by a name that SQLite does not know; nothing where its message is about
  /// something else.
  func suggestions(for message: String) -> [String] {
    let name = message.firstMatch(of: /no such (column|table): ([A-Za-z0-9_.]+)/)
    guard let name else { return [] }
    let word = String(name.2.split(separator: ".").last ?? "")
    return Suggestions.near(
      word, among: name.1 == "table" ? columns.map(\.view) : columns.flatMap(\.names))
  }
}

/// A view that does not exist.
struct UnknownView: Reportable, CustomStringConvertible {
  let name: String
  let near: [String]

  var description: String { "there is no view '\(name)'" }

  var remedy: String? {
    near.isEmpty
      ? "assay query --views\(GivenFiles.database) lists them"
      : "did you mean \(near.joined(separator: " or "))?"
  }

  var status: ExitStatus { .usage }
}

/// A query names a column or a table that does not exist.
struct UnknownName: Reportable, CustomStringConvertible {
  let message: String
  let near: [String]
  let status: ExitStatus

  var description: String { message }

  var remedy: String? {
    (near.isEmpty ? "" : "did you mean \(near.joined(separator: " or "))? ")
      + "assay query --views\(GivenFiles.database) lists views and their columns"
  }
}
