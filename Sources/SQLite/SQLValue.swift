/// A value of one of SQLite's five storage classes.
public enum SQLValue: Sendable, Equatable {
  /// No value. SQLite stores NaN as NULL.
  case null
  /// A 64-bit integer.
  case integer(Int64)
  /// A double; infinities are kept.
  case real(Double)
  /// Text.
  case text(String)
  /// Bytes.
  case blob([UInt8])

  /// The integer; nil for other values.
  public var integer: Int64? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  /// The number of an integer or real; nil for other values.
  public var real: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    default: nil
    }
  }

  /// About how many bytes of memory the value takes.
  var memorySize: Int {
    let payload =
      switch self {
      case .null, .integer, .real: 0
      case .text(let text): text.utf8.count > 15 ? text.utf8.count + 32 : 0
      case .blob(let bytes): bytes.count + 32
      }
    return MemoryLayout<SQLValue>.stride + payload
  }

  /// The text; nil for other values.
  public var text: String? {
    guard case .text(let value) = self else { return nil }
    return value
  }
}

/// The values of one column of a chunk of rows.
public enum ColumnValues: Sendable {
  /// The same integer in every row.
  case constant(Int64)
  /// The same text in every row.
  case text(String)
  /// One integer for each row.
  case integers([Int64])
  /// One double for each row; NaN is stored as NULL.
  case reals([Double])
  /// One blob of `size` bytes for each row, concatenated.
  case blobs([UInt8], size: Int)

  /// How many rows there are values for; nil if for any number.
  var rowCount: Int? {
    switch self {
    case .constant, .text: nil
    case .integers(let values): values.count
    case .reals(let values): values.count
    case .blobs(let bytes, let size): size > 0 ? bytes.count / size : 0
    }
  }
}
