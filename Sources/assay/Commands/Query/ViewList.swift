import SQLite
import Tracker

/// The public views of a database and their columns.
struct ViewList {
  /// Columns by view.
  let columns: [(view: String, names: [String])]

  /// Reads them.
  ///
  /// - Throws: `SQLiteError`.
  init(of tracker: Tracker) throws {
    columns = try tracker.read { connection in
      try connection.rows("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name") {
        try $0.text(0)
      }.map { (view: $0, names: try connection.describe("SELECT * FROM \($0)").columns) }
    }
  }

  /// The views with all of their columns, or the columns of one view.
  ///
  /// - Throws: ``UnknownView``.
  func rows(of view: String?) throws -> (columns: [String], rows: [[SQLValue]]) {
    guard let view else {
      return (
        ["view", "columns"],
        columns.map { [.text($0.view), .text($0.names.joined(separator: ", "))] }
      )
    }
    guard let found = columns.first(where: { $0.view == view }) else {
      throw UnknownView(name: view, near: Suggestions.near(view, among: columns.map(\.view)))
    }
    return (["column"], found.names.map { [.text($0)] })
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
      ? "assay query --views lists them" : "did you mean \(near.joined(separator: " or "))?"
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
      + "assay query --views lists views and their columns"
  }
}
