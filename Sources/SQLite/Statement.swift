internal import CSQLite

/// A prepared statement; it belongs to its connection and is reused by its text.
final class Statement {
  let handle: OpaquePointer
  let sql: String
  private let context: ConnectionContext
  /// Whether the statement is somebody else's, who is to hear what is wrong with it.
  private let isForeign: Bool
  /// Whether no row has been given yet.
  private var isFresh = true

  /// Prepares the first statement of a text.
  ///
  /// - Parameters:
  ///   - sql: The text.
  ///   - context: The connection.
  ///   - isPersistent: Whether the statement will be kept for reuse.
  ///   - isForeign: Whether it is somebody else's.
  /// - Throws: ``SQLiteError`` if the text is no statement, or more than one.
  init(
    _ sql: String, in context: ConnectionContext, isPersistent: Bool, isForeign: Bool = false
  ) throws(SQLiteError) {
    var handle: OpaquePointer?
    let flags = isPersistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
    var hasMore = false
    let code = sql.withCString { text in
      var rest: UnsafePointer<CChar>? = text
      var code = SQLITE_OK
      while code == SQLITE_OK, handle == nil, let start = rest, start.pointee != 0 {
        code = sqlite3_prepare_v3(context.handle, start, -1, flags, &handle, &rest)
      }
      if let rest, handle != nil { hasMore = Self.hasStatement(rest, context.handle) }
      return code
    }
    guard code == SQLITE_OK else {
      throw context.error(code, doing: Self.label(sql), isForeign: isForeign)
    }
    guard let handle else {
      throw SQLiteError(.misuse, "there is no statement in: \(Self.label(sql))")
    }
    guard !hasMore else {
      sqlite3_finalize(handle)
      throw SQLiteError(.misuse, "there is more than one statement in: \(Self.label(sql))")
    }
    self.handle = handle
    self.sql = sql
    self.context = context
    self.isForeign = isForeign
  }

  deinit {
    sqlite3_finalize(handle)
  }

  /// Whether the statement changes nothing in the database.
  var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }

  /// The number of parameters.
  var parameterCount: Int { Int(sqlite3_bind_parameter_count(handle)) }

  /// What stands before a parameter's name; before a number it is the last one.
  private static let marks = [":", "@", "$", "?"]

  /// The names of the parameters, without the mark before them.
  var parameterNames: [String] {
    (0..<parameterCount).compactMap { index in
      sqlite3_bind_parameter_name(handle, Int32(index + 1)).map { String(cString: $0 + 1) }
    }
  }

  /// The names of the columns.
  var columnNames: [String] {
    (0..<sqlite3_column_count(handle)).map { index in
      sqlite3_column_name(handle, index).map { String(cString: $0) } ?? ""
    }
  }

  /// Binds values to the parameters in order.
  func bind(_ values: [SQLValue]) throws(SQLiteError) {
    guard values.count == parameterCount else {
      throw SQLiteError(
        .misuse,
        "\(values.count) values for \(parameterCount) parameters of: "
          + Self.label(sql))
    }
    for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
  }

  /// Binds values to parameters by name; those without a value are NULL.
  func bind(_ values: [String: SQLValue]) throws(SQLiteError) {
    sqlite3_clear_bindings(handle)
    for (name, value) in values {
      let indices = Self.marks.lazy.map { sqlite3_bind_parameter_index(self.handle, $0 + name) }
      guard let index = indices.first(where: { $0 > 0 }) else {
        throw SQLiteError(
          .misuse, "there is no parameter :\(name) in: \(Self.label(sql))")
      }
      try bind(value, at: index)
    }
  }

  private func bind(_ value: SQLValue, at index: Int32) throws(SQLiteError) {
    let code =
      switch value {
      case .null: sqlite3_bind_null(handle, index)
      case .integer(let integer): sqlite3_bind_int64(handle, index, integer)
      case .real(let real): sqlite3_bind_double(handle, index, real)
      case .text(let text): csqlite_bind_text(handle, index, text, Int32(text.utf8.count))
      case .blob(let bytes): csqlite_bind_blob(handle, index, bytes, Int32(clamping: bytes.count))
      }
    guard code == SQLITE_OK else { throw error(code) }
  }

  /// Moves to the next row.
  ///
  /// - Returns: The row, nil after the last one.
  func step() throws(SQLiteError) -> Row? {
    switch sqlite3_step(handle) {
    case SQLITE_ROW:
      isFresh = false
      return Row(handle: handle, sql: sql)
    case SQLITE_DONE:
      try context.checkUnchanged()
      return nil
    case SQLITE_FULL where isFresh && isReadOnly && context.canSortInMemory:
      sqlite3_reset(handle)
      context.sortInMemory()
      return try step()
    case let code: throw error(code)
    }
  }

  /// Makes the statement ready for its next use.
  func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
    isFresh = true
  }

  /// Runs the statement once a row of a chunk.
  ///
  /// - Throws: ``SQLiteError`` with the number of the failing row.
  func insert(_ columns: [csqlite_column], rows: Int) throws(SQLiteError) {
    var failed: Int64 = 0
    let code = csqlite_insert_rows(handle, columns, Int32(columns.count), Int64(rows), &failed)
    guard code == SQLITE_OK else {
      throw context.error(code, doing: "\(Self.label(sql)), row \(failed)")
    }
  }

  private func error(_ code: Int32) -> SQLiteError {
    context.error(code, doing: Self.label(sql), isForeign: isForeign)
  }

  /// The statement's beginning, without comments, as errors show it; values are never shown.
  static func label(_ sql: String) -> String {
    let words = sql.split(separator: "\n").filter {
      !$0.drop(while: \.isWhitespace).hasPrefix("--")
    }
    .joined(separator: " ").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.count > 60 ? words.prefix(57) + "..." : words
  }

  /// Whether there is more than comments, spaces and semicolons, which SQLite itself passes over.
  private static func hasStatement(_ text: UnsafePointer<CChar>, _ database: OpaquePointer) -> Bool
  {
    var rest: UnsafePointer<CChar>? = text
    while let start = rest, start.pointee != 0 {
      var handle: OpaquePointer?
      defer { sqlite3_finalize(handle) }
      // What SQLite cannot read is no comment either.
      guard sqlite3_prepare_v3(database, start, -1, 0, &handle, &rest) == SQLITE_OK, handle == nil
      else { return true }
    }
    return false
  }
}
