/// Why the library cannot read or write a file.
///
/// Each case carries the facts, and ``description`` makes one line of them.
public enum InterchangeError: Error, Equatable, Sendable {
  /// The library cannot read the file at all, for the reason in `detail`.
  case unreadable(file: String, detail: String)
  /// The file violates its format.
  case malformed(file: String, format: String, problem: String)
  /// The file uses a part of its format that the library does not support.
  case unsupported(file: String, feature: UnsupportedFeature)
  /// The file lacks the array `name` and has the arrays in `present`.
  case missingArray(file: String, name: String, present: [String])
  /// The file has an array that the reader has no use for.
  case unknownArray(file: String, name: String, expected: [String])
  /// An array has an unexpected shape.
  ///
  /// `expected` describes the right one in words, such as "[20, 1, 5, 5]".
  case wrongShape(file: String, name: String, expected: String, found: [Int])
  /// An array's elements have an unexpected type.
  case wrongType(file: String, name: String, expected: String, found: String)
  /// An array has an impossible value, which `problem` describes.
  case wrongValue(file: String, name: String, problem: String)
  /// The caller asked to stop.
  case cancelled
}

extension InterchangeError: CustomStringConvertible {
  /// The problem with the file, in one line.
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
  ///
  /// Control characters are written as terminals are shown them everywhere, `\n` and `\x1b`.
  package static func shown(_ name: String) -> String {
    let text = name.count > 60 ? name.prefix(60) + "…" : name
    return text.unicodeScalars.map { scalar in
      switch scalar.value {
      case 0x09: #"\t"#
      case 0x0A: #"\n"#
      case 0x0D: #"\r"#
      case 0..<0x10: #"\x0"# + String(scalar.value, radix: 16)
      case 0x10..<0x20, 0x7F..<0xA0: #"\x"# + String(scalar.value, radix: 16)
      default: String(scalar)
      }
    }.joined()
  }
}
