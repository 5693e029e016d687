internal import SQLite

/// Databases of other tools.
enum ForeignDatabase {
  /// Opens a database for reading and makes sure that it is a tool's.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - tool: What people call the tool.
  ///   - tables: The columns that the reader needs, by table.
  ///   - context: What readers share.
  /// - Returns: A connection that only reads.
  /// - Throws: ``ForeignTrackerError/missing(path:)``,
  ///   ``ForeignTrackerError/otherFile(path:tool:problem:)`` if tables are missing,
  ///   ``ForeignTrackerError/otherVersion(path:tool:found:known:)`` if columns are; `SQLiteError`,
  ///   of kind `busy` if the tool holds a lock for long.
  static func open(
    _ path: String, tool: String, tables: [String: Set<String>], _ context: ImportContext
  ) throws -> Connection {
    let connection: Connection
    do {
      connection = try Connection(
        path: path, mode: .readOnly, isCancelled: context.isCancelled)
      for (table, wanted) in tables.sorted(by: { $0.key < $1.key }) {
        let columns = try columns(of: table, in: connection)
        guard !columns.isEmpty else {
          throw ForeignTrackerError.otherFile(
            path: path, tool: tool, problem: "it has no table '\(table)'")
        }
        if let missing = wanted.subtracting(columns).sorted().first {
          throw ForeignTrackerError.otherVersion(
            path: path, tool: tool, found: "no \(table).\(missing)", known: "later ones")
        }
      }
    } catch let error as SQLiteError {
      switch error.kind {
      case .notADatabase, .emptyFile:
        throw ForeignTrackerError.otherFile(
          path: path, tool: tool, problem: "it is no SQLite database")
      case .interrupted: throw ForeignTrackerError.cancelled
      default: throw error
      }
    }
    return connection
  }

  /// The names of a table's columns; empty if there is no such table.
  static func columns(of table: String, in connection: Connection) throws -> Set<String> {
    Set(
      try connection.rows("SELECT name FROM pragma_table_info(?)", [.text(table)]) {
        try $0.text(0)
      })
  }
}
