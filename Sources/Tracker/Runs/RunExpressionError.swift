/// What is wrong with an expression over runs, and where.
public struct RunExpressionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Sendable, Equatable {
    /// No expression holds this.
    case unusable(String?)
    /// A quotation, or a parenthesis, does not end.
    case unended
    /// A parenthesis closes that was not opened.
    case unopened
    /// There is nothing.
    case empty
    /// It is a query rather than an expression.
    case query
    /// No run has a column, a metric or a parameter of this name.
    case unknown(what: String, name: String, known: [String], isQuoted: Bool)
    /// A metric and a parameter have this name.
    case ambiguous(String)
    /// SQLite refuses the whole, in its words.
    case refused(String)
  }

  /// The expression.
  public let expression: String
  /// The words that the problem is about.
  public let words: String
  /// Where they begin, counted in characters from 1.
  public let place: Int
  /// What is wrong.
  public let problem: Problem

  init(_ expression: String, at range: Range<String.Index>, _ problem: Problem) {
    self.expression = expression
    self.problem = problem
    words = String(expression[range])
    place = expression.distance(from: expression.startIndex, to: range.lowerBound) + 1
  }

  /// One line that says what is wrong.
  public var description: String {
    let where_ = "'\(words)' at character \(place) of '\(expression)'"
    switch problem {
    case .unusable(let what?): return "\(where_): \(what) is no part of an expression"
    case .unusable(nil): return "\(where_) is no part of an expression"
    case .unended: return "\(where_) does not end"
    case .unopened: return "\(where_) closes what was not opened"
    case .empty: return "an expression is empty"
    case .query: return "\(where_): this is no query, but an expression over runs"
    case .unknown(let what, let name, _, _): return "\(where_): no run has a \(what) '\(name)'"
    case .ambiguous(let name):
      return "\(where_) is a metric and a parameter: write metric.\(name) or parameter.\(name)"
    case .refused(let message): return "'\(expression)': \(message)"
    }
  }
}
