internal import SQLite

/// A view that people ask, with its columns.
public struct PublicView: Sendable, Equatable {
  /// Its name.
  public let name: String
  /// The names of its columns, in order.
  public let columns: [String]
  private let definition: String

  fileprivate init(name: String, columns: [String], definition: String) {
    (self.name, self.columns, self.definition) = (name, columns, definition)
  }

  /// What each column means, by the comments of the view's definition; empty where it has none.
  ///
  /// A view of the user's own may name its columns in another way, or not at all.
  public var meanings: [String] {
    let meanings = ViewComments(of: definition).meanings
    return meanings.count == columns.count ? meanings : columns.map { _ in "" }
  }
}

extension Tracker {
  /// The views, sorted by name.
  ///
  /// - Throws: `SQLiteError`.
  public func publicViews() throws -> [PublicView] {
    try read { connection in
      let views = try connection.rows(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'view' ORDER BY name"
      ) { (name: try $0.text(0), sql: try $0.text(1)) }
      return try views.map { view in
        let name = "\"" + view.name.replacing("\"", with: "\"\"") + "\""
        return PublicView(
          name: view.name, columns: try connection.describe("SELECT * FROM \(name)").columns,
          definition: view.sql)
      }
    }
  }
}
