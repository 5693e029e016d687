internal import CSQLite

extension Connection {
  /// Inserts a chunk of rows from arrays, in a C loop.
  ///
  /// - Parameters:
  ///   - sql: An INSERT with one parameter for each column.
  ///   - columns: The columns' values. Arrays must have the same length.
  /// - Returns: The number of changed rows, with those that triggers changed.
  /// - Throws: ``SQLiteError`` with the number of the failing row.
  @discardableResult
  public func insertRows(_ sql: String, _ columns: [ColumnValues]) throws(SQLiteError) -> Int {
    let counts = Set(columns.compactMap(\.rowCount))
    precondition(counts.count == 1, "columns of different lengths: \(counts.sorted())")
    let statement = try statement(sql)
    guard statement.parameterCount == columns.count else {
      throw SQLiteError(
        .misuse, "\(columns.count) columns for \(statement.parameterCount) parameters")
    }
    let changes = sqlite3_total_changes64(handle)
    var failure: SQLiteError?
    Self.withColumns(columns[...], []) { raw in
      do throws(SQLiteError) {
        try statement.insert(raw, rows: counts.first ?? 0)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return Int(sqlite3_total_changes64(handle) - changes)
  }

  /// Gives a body the columns as C sees them, with all arrays held in place meanwhile.
  private static func withColumns(
    _ columns: ArraySlice<ColumnValues>, _ done: [csqlite_column],
    _ body: ([csqlite_column]) -> Void
  ) {
    guard let column = columns.first else { return body(done) }
    var raw = csqlite_column()
    func next(_ values: UnsafeRawPointer?) {
      raw.values = values
      withColumns(columns.dropFirst(), done + [raw], body)
    }
    switch column {
    case .constant(let value):
      raw.kind = CSQLITE_CONSTANT
      raw.constant = value
      next(nil)
    case .text(var text):
      raw.kind = CSQLITE_TEXT
      text.withUTF8 { bytes in
        raw.blob_size = Int32(bytes.count)
        next(bytes.baseAddress)
      }
    case .integers(let values):
      raw.kind = CSQLITE_INTEGERS
      values.withUnsafeBytes { next($0.baseAddress) }
    case .reals(let values):
      raw.kind = CSQLITE_REALS
      values.withUnsafeBytes { next($0.baseAddress) }
    case .blobs(let bytes, let size):
      raw.kind = CSQLITE_BLOBS
      raw.blob_size = Int32(size)
      bytes.withUnsafeBytes { next($0.baseAddress) }
    }
  }
}
