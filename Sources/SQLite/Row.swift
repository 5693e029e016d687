internal import CSQLite

/// The current row of a statement, valid until its next step.
public struct Row {
  let handle: OpaquePointer
  private let sql: String

  init(handle: OpaquePointer, sql: String) {
    self.handle = handle
    self.sql = sql
  }

  /// The number of columns.
  public var count: Int { Int(sqlite3_column_count(handle)) }

  /// The name of a column.
  public func name(_ column: Int) -> String {
    sqlite3_column_name(handle, Int32(column)).map { String(cString: $0) } ?? ""
  }

  /// A column's value, whatever its type.
  public func value(_ column: Int) -> SQLValue {
    let index = Int32(column)
    switch sqlite3_column_type(handle, index) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, index))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, index))
    case SQLITE_TEXT:
      guard let text = sqlite3_column_text(handle, index) else { return .null }
      let count = Int(sqlite3_column_bytes(handle, index))
      return .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
    case SQLITE_BLOB:
      // SQLite gives no address for an empty blob.
      guard let bytes = sqlite3_column_blob(handle, index) else { return .blob([]) }
      let count = Int(sqlite3_column_bytes(handle, index))
      return .blob(Array(UnsafeRawBufferPointer(start: bytes, count: count)))
    default: return .null
    }
  }

  /// A column's integer.
  ///
  /// - Throws: ``SQLiteError`` of kind `wrongType` if it is NULL or anything else.
  public func int64(_ column: Int) throws(SQLiteError) -> Int64 {
    guard case .integer(let value) = value(column) else { throw mismatch(column, "an integer") }
    return value
  }

  /// A column's integer as an Int.
  ///
  /// - Throws: ``SQLiteError`` of kind `wrongType` if it is NULL or anything else.
  public func int(_ column: Int) throws(SQLiteError) -> Int {
    guard let value = Int(exactly: try int64(column)) else {
      throw mismatch(column, "a smaller integer")
    }
    return value
  }

  /// A column's number.
  ///
  /// - Throws: ``SQLiteError`` of kind `wrongType` if it is NULL or anything else.
  public func double(_ column: Int) throws(SQLiteError) -> Double {
    guard let value = value(column).real else { throw mismatch(column, "a number") }
    return value
  }

  /// A column's text.
  ///
  /// - Throws: ``SQLiteError`` of kind `wrongType` if it is NULL or anything else.
  public func text(_ column: Int) throws(SQLiteError) -> String {
    guard case .text(let value) = value(column) else { throw mismatch(column, "text") }
    return value
  }

  /// Lends a column's text as UTF-8, or as SQLite has it where it is none, without copying it.
  ///
  /// - Parameters:
  ///   - column: The column.
  ///   - body: Called with the bytes, which are valid until it returns; none for NULL.
  /// - Returns: What the body returns.
  public func withText<Result>(
    _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    let text = sqlite3_column_text(handle, Int32(column))
    let count = text == nil ? 0 : Int(sqlite3_column_bytes(handle, Int32(column)))
    return try body(UnsafeBufferPointer(start: text, count: count))
  }

  /// A column's bytes.
  ///
  /// - Throws: ``SQLiteError`` of kind `wrongType` if it is NULL or anything else.
  public func blob(_ column: Int) throws(SQLiteError) -> [UInt8] {
    guard case .blob(let value) = value(column) else { throw mismatch(column, "a blob") }
    return value
  }

  /// Whether a column is NULL.
  public func isNull(_ column: Int) -> Bool {
    sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
  }

  private func mismatch(_ column: Int, _ wanted: String) -> SQLiteError {
    let found =
      switch value(column) {
      case .null: "NULL"
      case .integer: "an integer"
      case .real: "a real"
      case .text: "text"
      case .blob: "a blob"
      }
    return SQLiteError(
      .wrongType,
      "\(Statement.label(sql)): column \(name(column)) holds \(found), not \(wanted)")
  }
}
