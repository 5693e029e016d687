/// Why a file cannot be taken over.
///
/// Each case carries the facts; ``description`` makes one line of them.
public enum InterchangeError: Error, Equatable, Sendable {
  /// The file cannot be read at all.
  case unreadable(file: String, detail: String)
  /// The file is not what its format asks for.
  case malformed(file: String, format: String, problem: String)
  /// The file uses a part of its format that is not read.
  case unsupported(file: String, feature: UnsupportedFeature)
  /// The file lacks an array; those that it has are named.
  case missingArray(file: String, name: String, present: [String])
  /// The file has an array that has no place.
  case unknownArray(file: String, name: String, expected: [String])
  /// An array has another shape; what is expected is said in words, such as "[20, 1, 5, 5]".
  case wrongShape(file: String, name: String, expected: String, found: [Int])
  /// An array's elements are of another type.
  case wrongType(file: String, name: String, expected: String, found: String)
  /// An array's values cannot be.
  case wrongValue(file: String, name: String, problem: String)
  /// The caller asked to stop.
  case cancelled
}

extension InterchangeError: CustomStringConvertible {
  /// What is wrong with the file, in one line.
  public var description: String {
    switch self {
    case .unreadable(let file, let detail): "\(file): \(detail)"
    case .malformed(let file, let format, let problem):
      "\(file) is not a valid \(format) file: \(problem)"
    case .unsupported(let file, let feature): "\(file): \(feature)"
    case .missingArray(let file, let name, let present):
      "\(file) has no '\(name)'; it has "
        + (present.isEmpty ? "no arrays" : Self.list(present))
    case .unknownArray(let file, let name, let expected):
      "\(file) has '\(Self.shown(name))', which is not expected; expected: "
        + Self.list(expected)
    case .wrongShape(let file, let name, let expected, let found):
      "\(file): '\(Self.shown(name))' has the shape [\(found.map(String.init).joined(separator: ", "))]; "
        + "expected: \(expected)"
    case .wrongType(let file, let name, let expected, let found):
      "\(file): '\(Self.shown(name))' is of type \(Self.shown(found)); expected: \(expected)"
    case .wrongValue(let file, let name, let problem):
      "\(file): '\(Self.shown(name))' \(problem)"
    case .cancelled: "interrupted"
    }
  }

  /// At most ten names, none of them long: a file may hold any.
  package static func list(_ names: [String]) -> String {
    let shown = names.prefix(10).map(shown).joined(separator: ", ")
    return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
  }

  /// A name as files may have it, which can be anything, as a part of a line.
  package static func shown(_ name: String) -> String {
    let printable = name.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }
    let text = String(String.UnicodeScalarView(printable))
    return text.count > 60 ? text.prefix(60) + "…" : text
  }
}
