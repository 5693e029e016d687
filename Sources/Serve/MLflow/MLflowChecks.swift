/// What MLflow's server takes, and the words in which it refuses the rest.
enum MLflowChecks {
  static let longestKey = 250
  static let longestParameter = 6000
  static let longestTag = 8000
  static let mostMetrics = 1000
  static let mostParameters = 100
  static let mostEntities = 1000
  static let largestBatch = 1_000_000

  /// Makes sure that a metric, a parameter or a tag can have a name.
  static func checkName(_ name: String, path: String) throws(HTTPFailure) {
    // Most names are such, and batches have thousands.
    if name.utf8.count <= longestKey, name.utf8.allSatisfy(isUsual), !name.hasPrefix(".") { return }
    let isPlain = name.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || "/_.- :".unicodeScalars.contains(scalar)
    }
    guard isPlain else {
      throw .invalid(
        "Invalid value \(quoted(name)) for parameter '\(path)' supplied: Names may only contain "
          + "alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and "
          + "slashes (/).")
    }
    let normal = normalised(name)
    guard normal == name, name != ".", !normal.hasPrefix(".."), !name.hasPrefix("/") else {
      throw .invalid(
        "Invalid value \(quoted(name)) for parameter '\(path)' supplied: Names may be treated as "
          + "files in certain cases, and must not resolve to other names when treated as such. "
          + "This name would resolve to '\(normal)'")
    }
    guard name.unicodeScalars.count <= longestKey else {
      throw .invalid("'\(path)' exceeds the maximum length of \(longestKey) characters")
    }
  }

  /// Whether a byte is a letter, a digit or a sign that a name may have anywhere and that no path gives
  /// a meaning to, but for dots in its beginning.
  private static func isUsual(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// A value as far as it may go: what is longer is cut, as MLflow's server cuts it.
  private static func cut(_ value: String, atMost limit: Int) -> String {
    guard value.utf8.count > limit else { return value }
    return String(String.UnicodeScalarView(value.unicodeScalars.prefix(limit)))
  }

  private static func quoted(_ text: String) -> String { "\"\(text.prefix(500))\"" }

  /// A name as a file system has it, without "a/../" and the like.
  private static func normalised(_ name: String) -> String {
    var parts: [Substring] = []
    for part in name.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !name.hasPrefix("/") {
        parts.append(part)
      }
    }
    let joined = (name.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    return joined.isEmpty ? "." : joined
  }

  // What requests hold.

  static func tag(_ fields: MLflowFields) throws(HTTPFailure) -> (String, String) {
    let key = try fields.required("key")
    try checkName(key, path: "key")
    return (key, cut(try fields.text("value") ?? "", atMost: longestTag))
  }

  static func parameter(_ fields: MLflowFields) throws(HTTPFailure) -> (String, String) {
    let key = try fields.required("key")
    try checkName(key, path: "key")
    return (key, cut(try fields.text("value") ?? "", atMost: longestParameter))
  }

  static func point(_ fields: MLflowFields) throws(HTTPFailure) -> MLflowStore.Point {
    let name = try fields.required("key")
    try checkName(name, path: "name")
    guard let value = try fields.number("value") else { throw .missing("value") }
    guard let time = try fields.integer("timestamp") else { throw .missing("timestamp") }
    guard time >= 0 else { throw .invalidValue(String(time), of: "timestamp") }
    return MLflowStore.Point(
      name: name, step: try fields.integer("step") ?? 0, value: value, time: time)
  }
}
