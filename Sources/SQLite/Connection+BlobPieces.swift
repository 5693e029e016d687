internal import CSQLite

extension Connection {
  /// The size of the pieces in which blobs are written and read.
  public static let pieceSize = 1 << 20

  /// The largest blob that a row can have, in bytes; its other columns are part of it.
  public static let largestBlob = 999_000_000

  /// Fills a blob that was inserted as zeros, piece by piece.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - column: The column of the blob.
  ///   - row: The row's number.
  ///   - piece: The bytes of a range of the blob.
  /// - Throws: ``SQLiteError``, or what `piece` throws.
  public func fillBlob(
    table: String, column: String, row: Int64, _ piece: (Range<Int>) throws -> [UInt8]
  ) throws {
    let blob = try openBlob(table: table, column: column, row: row, forWriting: true)
    defer { sqlite3_blob_close(blob) }
    let size = Int(sqlite3_blob_bytes(blob))
    for start in stride(from: 0, to: size, by: Self.pieceSize) {
      let bytes = try piece(start..<min(start + Self.pieceSize, size))
      let code = sqlite3_blob_write(blob, bytes, Int32(bytes.count), Int32(start))
      guard code == SQLITE_OK else { throw context.error(code, doing: "writing a blob") }
    }
  }

  /// Reads a blob piece by piece.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - column: The column of the blob.
  ///   - row: The row's number.
  ///   - body: Takes the pieces, in order.
  /// - Throws: ``SQLiteError``, or what the body throws.
  public func readBlob(
    table: String, column: String, row: Int64, _ body: ([UInt8]) throws -> Void
  ) throws {
    let blob = try openBlob(table: table, column: column, row: row, forWriting: false)
    defer { sqlite3_blob_close(blob) }
    let size = Int(sqlite3_blob_bytes(blob))
    for start in stride(from: 0, to: size, by: Self.pieceSize) {
      var bytes = [UInt8](repeating: 0, count: min(Self.pieceSize, size - start))
      let code = sqlite3_blob_read(blob, &bytes, Int32(bytes.count), Int32(start))
      guard code == SQLITE_OK else { throw context.error(code, doing: "reading a blob") }
      try body(bytes)
    }
  }

  private func openBlob(
    table: String, column: String, row: Int64, forWriting: Bool
  ) throws(SQLiteError) -> OpaquePointer? {
    var blob: OpaquePointer?
    let code = sqlite3_blob_open(handle, "main", table, column, row, forWriting ? 1 : 0, &blob)
    guard code == SQLITE_OK else { throw context.error(code, doing: "opening a blob") }
    return blob
  }
}
