/// What stands before a request's body, taken apart.
///
/// What two programs might read differently is refused: that is how one request is hidden in another.
struct RequestHead {
  let method: HTTPMethod
  /// The target as it came.
  let target: String
  /// The names of the path, decoded.
  let path: [String]
  /// The values behind the question mark, decoded, in their order.
  let query: [(name: String, value: String)]
  let headers: [HTTPHeader]
  /// Whether it is of HTTP 1.1, not 1.0.
  let isModern: Bool
  /// How its body ends.
  let framing: Framing

  /// How a body ends.
  enum Framing: Equatable {
    /// After so many bytes.
    case length(Int)
    /// With a piece of no bytes.
    case chunked
  }

  /// Takes a head apart, without the empty line that ends it.
  ///
  /// - Throws: ``HTTPFailure``.
  init(_ bytes: ArraySlice<UInt8>) throws(HTTPFailure) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw HTTPFailure(.badRequest, "the head of the request is not UTF-8")
    }
    // A carriage return and a line feed are one Character, so lines are split by code units.
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { line in line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...] }
      .map { String(decoding: $0, as: UTF8.self) }
    guard !text.unicodeScalars.contains(where: { Self.isForbidden($0) }) else {
      throw HTTPFailure(.badRequest, "the head of the request holds control characters")
    }
    let words = lines[0].split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 3 else {
      throw HTTPFailure(.badRequest, "the first line is no request of HTTP")
    }
    guard let method = HTTPMethod(rawValue: words[0]) else {
      throw HTTPFailure(.notImplemented, "there is no method \(words[0].prefix(20)) here")
    }
    switch words[2] {
    case "HTTP/1.1": isModern = true
    case "HTTP/1.0": isModern = false
    default:
      throw HTTPFailure(.unknownVersion, "HTTP 1.0 and 1.1 are spoken here alone")
    }
    (self.method, target) = (method, words[1])
    (path, query) = try Self.parts(of: words[1])
    headers = try lines.dropFirst().map(Self.header)
    framing = try Self.framing(of: headers)
    guard isModern == false || headers.filter({ $0.name == "host" }).count == 1 else {
      throw HTTPFailure(.badRequest, "a request names one Host")
    }
  }

  /// The path and the query of a target, decoded.
  static func parts(
    of target: String
  ) throws(HTTPFailure) -> (path: [String], query: [(name: String, value: String)]) {
    guard target.hasPrefix("/") else {
      throw HTTPFailure(.badRequest, "the target of a request begins with a slash")
    }
    let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var path: [String] = []
    for part in halves[0].split(separator: "/", omittingEmptySubsequences: true) {
      guard let name = PercentCoding.decoded(part), name != "..", name != ".",
        !name.unicodeScalars.contains(where: { Self.isForbidden($0) || $0 == "\n" })
      else { throw HTTPFailure(.badRequest, "the path of the request is not one that can be here") }
      path.append(name)
    }
    return (path, try PercentCoding.form(halves.count > 1 ? halves[1] : ""))
  }

  private static func header(_ line: String) throws(HTTPFailure) -> HTTPHeader {
    guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
      line[..<colon].utf8.allSatisfy(Self.isToken)
    else { throw HTTPFailure(.badRequest, "a line of the request's head is no header") }
    let value = line[line.index(after: colon)...].trimming { $0 == " " || $0 == "\t" }
    return HTTPHeader(line[..<colon].lowercased(), value)
  }

  private static func framing(of headers: [HTTPHeader]) throws(HTTPFailure) -> Framing {
    let lengths = headers.filter { $0.name == "content-length" }
    let codings = headers.filter { $0.name == "transfer-encoding" }
    if let coding = codings.first {
      guard codings.count == 1, lengths.isEmpty, coding.value.lowercased() == "chunked" else {
        throw HTTPFailure(.badRequest, "it is not clear where the request's body ends")
      }
      return .chunked
    }
    guard let length = lengths.first else { return .length(0) }
    guard lengths.count == 1, (1...18).contains(length.value.utf8.count),
      length.value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let count = Int(length.value)
    else { throw HTTPFailure(.badRequest, "it is not clear how long the request's body is") }
    return .length(count)
  }

  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    (scalar.value < 0x20 && scalar != "\t" && scalar != "\n" && scalar != "\r")
      || scalar.value == 0x7F
  }

  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}

extension StringProtocol {
  /// The text without characters of a kind at its ends.
  func trimming(_ isTrimmed: (Character) -> Bool) -> String {
    var text = self[...]
    while let first = text.first, isTrimmed(first) { text.removeFirst() }
    while let last = text.last, isTrimmed(last) { text.removeLast() }
    return String(text)
  }
}
