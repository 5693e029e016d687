/// The value of one parameter of a trial, the same from the sweep's file to the work that uses it.
public enum ParameterValue: Sendable, Hashable {
  /// No value, as a choice of its own.
  case null
  /// A truth value.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// A finite number.
  case real(Double)
  /// A text.
  case text(String)
  /// Several values in order.
  case list([ParameterValue])
}
