/// What is read as metrics in a command's output.
public enum ScrapePattern: Sendable, Equatable {
  /// `name: value` and `name=value`, wherever they stand in a line; a name such as `epoch` or
  /// `step` numbers the others of its line.
  case standard
  /// A regular expression with the groups `name` and `value`, and possibly `step`.
  case expression(String)
}
