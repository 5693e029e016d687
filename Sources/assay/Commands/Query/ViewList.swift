import SQLite
import Tracker

/// The public views of a database and their columns.
struct ViewList {
  private let views: [PublicView]

  /// Reads them.
  ///
  /// - Throws: `SQLiteError`.
  init(of tracker: Tracker) throws {
    views = try tracker.publicViews()
  }

  /// The views with all of their columns, or the columns of one view with their meanings, which the
  /// comments of its definition say.
  ///
  /// - Throws: ``UnknownView``.
  func rows(of view: String?) throws -> (columns: [String], rows: [[SQLValue]]) {
    guard let view else {
      return (
        ["view", "columns"],
        views.map { [.text($0.name), .text($0.columns.joined(separator: ", "))] }
      )
    }
    guard let found = views.first(where: { $0.name == view }) else {
      throw UnknownView(name: view, near: Suggestions.near(view, among: views.map(\.name)))
    }
    return (
      ["column", "meaning"], zip(found.columns, found.meanings).map { [.text($0), .text($1)] }
    )
  }

  /// Where the list breaks lines that are not for a terminal.
  static let lineLength = 100

  /// The list for people: each view above its columns.
  ///
  /// - Parameter width: The number of characters that lines are broken at.
  /// - Returns: The lines.
  func text(width: Int) -> String {
    views.map { view in
      let lines = view.columns.dropLast().map { $0 + "," } + view.columns.suffix(1)
      let indented = lines.reduce(into: [""]) { lines, name in
        let isFull = (lines.last?.count ?? 0) + name.count + 3 > width
        if isFull, lines.last != "" { lines.append("") }
        lines[lines.count - 1] += (lines.last == "" ? "  " : " ") + name
      }
      return ([view.name] + indented).map { $0.terminalText + "\n" }.joined()
    }.joined(separator: "\n")
  }

  /// What was meant by a name that SQLite does not know; nothing where its message is about
  /// something else.
  func suggestions(for message: String) -> [String] {
    let name = message.firstMatch(of: /no such (column|table): ([A-Za-z0-9_.]+)/)
    guard let name else { return [] }
    let word = String(name.2.split(separator: ".").last ?? "")
    return Suggestions.near(
      word, among: name.1 == "table" ? views.map(\.name) : views.flatMap(\.columns))
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
