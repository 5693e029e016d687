/// What a file of metrics has in one place.
enum MetricValue: Sendable, Hashable {
  /// An empty field, or null.
  case nothing
  /// A number as it is written, or words.
  case text(String)
  /// A list or an object.
  case nested

  /// The number; nil if it is none.
  ///
  /// Flags are 0 and 1, and any NaN is the same.
  var number: Double? {
    guard case .text(let text) = self else { return nil }
    let word = text.trimmingSpaces
    switch word.lowercased() {
    case "true": return 1
    case "false": return 0
    // Swift reads hexadecimal and the names of infinities as well.
    default: return Double(word).map { $0.isNaN ? .nan : $0 }
    }
  }

  /// The whole number, which may be written as 1.0; nil if it is none.
  var wholeNumber: Int64? {
    guard case .text(let text) = self else { return nil }
    let word = text.trimmingSpaces
    return Int64(word) ?? Double(word).flatMap { Int64(exactly: $0) }
  }

  /// A name: text, or a number as it is written; nil for anything else and for what is empty.
  var words: String? {
    guard case .text(let text) = self, !text.isEmpty else { return nil }
    return text
  }

  /// Whether this stands for a number that there is not, as programs write it.
  var isMissing: Bool {
    guard case .text(let text) = self else { return self == .nothing }
    return ["", "na", "n/a", "null", "none", "-"].contains(text.trimmingSpaces.lowercased())
  }
}

/// One line, by column.
struct MetricRecord: Sendable, Equatable {
  let line: Int
  let values: [String: MetricValue]
}

extension StringProtocol {
  /// The text without the spaces at its ends.
  var trimmingSpaces: String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    let start = drop(while: isSpace)
    let kept = start.reversed().drop(while: isSpace).count
    return String(start.prefix(kept))
  }
}
