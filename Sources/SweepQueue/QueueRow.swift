/// A row that a statement gave, values as text.
struct QueueRow {
  let values: [String?]

  func text(_ column: Int) throws -> String {
    guard let text = values[column] else { throw QueueError.damaged("a value is missing") }
    return text
  }

  func integer(_ column: Int) throws -> Int {
    let text = try text(column)
    guard let number = Int(text) else { throw QueueError.damaged("'\(text)' is no number") }
    return number
  }

  /// Numbers that are separated by spaces.
  func numbers(_ column: Int) throws -> [Double] {
    try (values[column] ?? "").split(separator: " ").map { text in
      guard let number = Double(text) else { throw QueueError.damaged("'\(text)' is no number") }
      return number
    }
  }
}

extension Double {
  /// The number as PostgreSQL reads it to the same bits.
  var queueText: String {
    if isNaN { return "NaN" }
    return isFinite ? "\(self)" : self < 0 ? "-Infinity" : "Infinity"
  }
}
