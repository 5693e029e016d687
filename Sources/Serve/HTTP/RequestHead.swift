/// What stands before a request's body.
///
/// What two programs might read differently is refused: that is how one request is hidden in another.
struct RequestHead: Sendable {
  let method: HTTPMethod
  /// The names of the path, decoded.
  let path: [String]
  /// The values behind the question mark, decoded, in their order.
  let query: [(name: String, value: String)]
  /// The lines, with names in small letters.
  let headers: [HTTPHeader]
  /// Whether it is of HTTP 1.1, not 1.0.
  let isModern: Bool
  /// How many bytes its body has; nil: only their end tells.
  let length: Int?

  /// Reads a head that a parser has taken apart.
  ///
  /// - Parameters:
  ///   - method: The first word.
  ///   - target: The second word.
  ///   - isModern: Whether it is of HTTP 1.1, not 1.0.
  ///   - headers: The lines.
  /// - Throws: ``HTTPFailure``.
  init(
    method: String, target: String, isModern: Bool, headers: [HTTPHeader]
  ) throws(HTTPFailure) {
    guard let known = HTTPMethod(rawValue: method) else {
      throw HTTPFailure(.notImplemented, "there is no method \(method.prefix(20)) here")
    }
    // The parser puts this mark where bytes are not UTF-8.
    let isForeign = { (text: String) in text.unicodeScalars.contains("\u{FFFD}") }
    guard !isForeign(target), !headers.contains(where: { isForeign($0.value) }) else {
      throw HTTPFailure(.badRequest, "the head of the request is not UTF-8")
    }
    (self.method, self.isModern) = (known, isModern)
    (path, query) = try Self.parts(of: target)
    self.headers = headers.map {
      HTTPHeader($0.name.lowercased(), $0.value.trimming { $0 == " " || $0 == "\t" })
    }
    length = try Self.length(by: self.headers)
    guard !isModern || self.headers.filter({ $0.name == "host" }).count == 1 else {
      throw HTTPFailure(.badRequest, "a request names one Host")
    }
  }

  /// Whether the connection ends with the answer.
  var asksToClose: Bool {
    // Nothing here switches to another protocol, but the parser takes what follows for one.
    if header("upgrade") != nil { return true }
    return header("connection")?.lowercased().contains("close") ?? !isModern
  }

  /// Whether the client waits to be told that its body is wanted.
  var awaitsConsent: Bool {
    isModern && length != 0 && header("expect")?.lowercased() == "100-continue"
  }

  private func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

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
        !name.unicodeScalars.contains(where: Self.isControl)
      else { throw HTTPFailure(.badRequest, "the path of the request is not one that can be here") }
      path.append(name)
    }
    return (path, try PercentCoding.form(halves.count > 1 ? halves[1] : ""))
  }

  private static func length(by headers: [HTTPHeader]) throws(HTTPFailure) -> Int? {
    let lengths = headers.filter { $0.name == "content-length" }
    let codings = headers.filter { $0.name == "transfer-encoding" }
    if let coding = codings.first {
      guard codings.count == 1, lengths.isEmpty, coding.value.lowercased() == "chunked" else {
        throw HTTPFailure(.badRequest, "it is not clear where the request's body ends")
      }
      return nil
    }
    guard let length = lengths.first else { return 0 }
    guard lengths.count == 1, (1...18).contains(length.value.utf8.count),
      length.value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let count = Int(length.value)
    else { throw HTTPFailure(.badRequest, "it is not clear how long the request's body is") }
    return count
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    (scalar.value < 0x20 && scalar != "\t") || scalar.value == 0x7F
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
