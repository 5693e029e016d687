internal import CSQLite

/// Lets statements be prepared that read, and refuses every other one before it exists.
///
/// A connection that reads only keeps its own file; ATTACH and temporary tables would still write
/// elsewhere. So the allowed actions are listed, not the forbidden ones.
final class ReadOnlyAuthorizer {
  /// What the last refused statement would have done.
  private(set) var refused: String?

  private static let schemaTables: Set<String> = ["sqlite_master", "sqlite_temp_master"]

  /// Settings that can be asked for but not changed this way.
  private static let readablePragmas: Set<String> = [
    "application_id", "collation_list", "compile_options", "data_version", "database_list",
    "encoding", "foreign_key_list", "freelist_count", "function_list", "index_info", "index_list",
    "index_xinfo", "journal_mode", "page_count", "page_size", "table_info", "table_list",
    "table_xinfo", "user_version",
  ]

  /// Those of them that take an argument: what to describe.
  private static let describingPragmas: Set<String> = [
    "foreign_key_list", "index_info", "index_list", "index_xinfo", "table_info", "table_list",
    "table_xinfo",
  ]

  /// Watches over what is prepared on a connection while a body runs.
  func guarding<Result>(
    _ database: OpaquePointer, _ body: () throws(SQLiteError) -> Result
  ) throws(SQLiteError) -> Result {
    refused = nil
    sqlite3_set_authorizer(
      database,
      { context, action, first, second, _, _ in
        guard let context else { return SQLITE_DENY }
        return Unmanaged<ReadOnlyAuthorizer>.fromOpaque(context).takeUnretainedValue()
          .decide(action, first.map { String(cString: $0) }, second.map { String(cString: $0) })
      }, Unmanaged.passUnretained(self).toOpaque())
    defer { sqlite3_set_authorizer(database, nil, nil) }
    return try body()
  }

  private func decide(_ action: Int32, _ first: String?, _ second: String?) -> Int32 {
    switch action {
    case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return SQLITE_OK
    // Table-valued functions such as json_each announce their columns this way, and CREATE and DROP
    // ask for this before they say what they are. A statement that changes the schema itself is
    // refused as one that does not only read.
    case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE:
      if let first, Self.schemaTables.contains(first) { return SQLITE_OK }
      refused = refused ?? Self.names[action]
    case SQLITE_FUNCTION:
      if second?.lowercased() != "load_extension" { return SQLITE_OK }
      refused = "call load_extension"
    case SQLITE_PRAGMA:
      let name = first?.lowercased() ?? ""
      let isAllowed = second == nil ? Self.readablePragmas : Self.describingPragmas
      if isAllowed.contains(name) { return SQLITE_OK }
      refused = "use PRAGMA \(name)"
    default:
      refused = refused ?? Self.names[action] ?? "change something"
    }
    return SQLITE_DENY
  }

  private static let names: [Int32: String] = [
    SQLITE_INSERT: "insert rows", SQLITE_UPDATE: "update rows", SQLITE_DELETE: "delete rows",
    SQLITE_CREATE_TABLE: "create a table", SQLITE_CREATE_VIEW: "create a view",
    SQLITE_CREATE_INDEX: "create an index", SQLITE_CREATE_TRIGGER: "create a trigger",
    SQLITE_CREATE_TEMP_TABLE: "create a table", SQLITE_CREATE_TEMP_VIEW: "create a view",
    SQLITE_CREATE_VTABLE: "create a table", SQLITE_DROP_TABLE: "drop a table",
    SQLITE_DROP_VIEW: "drop a view", SQLITE_DROP_INDEX: "drop an index",
    SQLITE_DROP_TRIGGER: "drop a trigger", SQLITE_ALTER_TABLE: "alter a table",
    SQLITE_ATTACH: "attach a file", SQLITE_DETACH: "detach a file",
    SQLITE_TRANSACTION: "begin or end a transaction", SQLITE_SAVEPOINT: "set a savepoint",
    SQLITE_REINDEX: "reindex", SQLITE_ANALYZE: "analyze",
  ]
}
