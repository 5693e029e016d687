internal import CSQLite

extension Row {
  /// Appends the row's values in a form that no other values have: each with its type, and with its
  /// length where that can differ.
  public func encode(into bytes: inout [UInt8]) {
    func append(_ word: UInt64) {
      withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }
    for index in 0..<sqlite3_column_count(handle) {
      let type = sqlite3_column_type(handle, index)
      bytes.append(UInt8(truncatingIfNeeded: type))
      switch type {
      case SQLITE_INTEGER:
        append(UInt64(bitPattern: sqlite3_column_int64(handle, index)))
      case SQLITE_FLOAT:
        append(sqlite3_column_double(handle, index).bitPattern)
      case SQLITE_TEXT, SQLITE_BLOB:
        // Of a text these are its bytes as well: databases of this module are in UTF-8.
        let content = sqlite3_column_blob(handle, index)
        let count = Int(sqlite3_column_bytes(handle, index))
        append(UInt64(count))
        bytes.append(
          contentsOf: UnsafeRawBufferPointer(start: content, count: content == nil ? 0 : count))
      default: break
      }
    }
  }
}
