package import Search
package import Tracker

/// Parameters as the database and files have them.
extension ParameterValue {
  /// Reads a value; nil if it is an object.
  ///
  /// A whole number is an integer, whichever way it was written, so that equal values have one text.
  package init?(_ json: JSONValue) {
    switch json {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .integer(let number): self = .integer(Int(number))
    case .number(let number):
      let whole = abs(number) < 0x1p53 ? Int(exactly: number) : nil
      self = whole.map { .integer($0) } ?? .real(number)
    case .string(let text): self = .text(text)
    case .array(let elements):
      let values = elements.compactMap(ParameterValue.init)
      guard values.count == elements.count else { return nil }
      self = .list(values)
    case .object: return nil
    }
  }

  /// The value as JSON.
  package var json: JSONValue {
    switch self {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .integer(let number): .integer(Int64(number))
    case .real(let number): .number(number)
    case .text(let text): .string(text)
    case .list(let values): .array(values.map(\.json))
    }
  }
}

extension JSONValue {
  /// The values of a trial's parameters, an object by name.
  package init(_ point: SearchPoint) {
    self = .object(point.mapValues(\.json))
  }
}
