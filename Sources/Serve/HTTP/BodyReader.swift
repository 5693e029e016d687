/// Reads one request's body off its connection, where its head says that it ends.
final class BodyReader {
  private(set) var input: PeerInput
  private let socket: PeerSocket
  private let limits: HTTPLimits
  private let began = ContinuousClock.now
  private let isChunked: Bool
  /// How many bytes are left, of the body or of its present piece.
  private var left: Int
  private var isAtEnd: Bool
  private var count = 0
  /// Whether the client waits to be told that its body is wanted.
  private var awaitsConsent: Bool

  /// The most bytes that are read of a body that nobody wanted, to keep the connection.
  private static let mostUnwanted = 256 << 10

  init(_ head: RequestHead, _ socket: PeerSocket, _ limits: HTTPLimits, _ input: PeerInput) {
    (self.socket, self.limits, self.input) = (socket, limits, input)
    switch head.framing {
    case .length(let length): (isChunked, left, isAtEnd) = (false, length, length == 0)
    case .chunked: (isChunked, left, isAtEnd) = (true, 0, false)
    }
    awaitsConsent =
      head.isModern && !isAtEnd
      && head.headers.contains { $0.name == "expect" && $0.value.lowercased() == "100-continue" }
  }

  /// How many bytes there are; nil: only their end tells.
  var length: Int? { isChunked ? nil : left + count }

  /// The next bytes; nil after the last.
  func next(_ limit: Int) throws(HTTPFailure) -> [UInt8]? {
    guard !isAtEnd else { return nil }
    do {
      try consent()
      if isChunked, left == 0, try !beginPiece() { return nil }
      let bytes = try input.bytes(atMost: min(limit, left), until: deadline)
      left -= bytes.count
      count += bytes.count
      if isChunked {
        if left == 0, try input.line(atMost: 0, until: deadline) != "" { throw Self.broken }
      } else if left == 0 {
        isAtEnd = true
      }
      return bytes
    } catch let failure as HTTPFailure {
      throw failure
    } catch PeerSocket.Failure.timedOut {
      throw HTTPFailure(.timedOut, "the body of the request came too slowly")
    } catch {
      throw HTTPFailure(.badRequest, "the body of the request is not whole")
    }
  }

  private static let broken = HTTPFailure(
    .badRequest, "the pieces of the request's body are broken")

  private func consent() throws {
    guard awaitsConsent else { return }
    awaitsConsent = false
    try Array("HTTP/1.1 100 Continue\r\n\r\n".utf8).withUnsafeBytes {
      try socket.send($0, stallSeconds: limits.stallSeconds, until: deadline)
    }
  }

  /// Reads the length of the next piece; false after the last one.
  private func beginPiece() throws -> Bool {
    guard let line = try input.line(atMost: 1024, until: deadline),
      let digits = line.split(separator: ";", omittingEmptySubsequences: false).first?
        .trimming({ $0 == " " }),
      (1...15).contains(digits.utf8.count), digits.allSatisfy({ $0.isHexDigit && $0.isASCII }),
      let size = Int(digits, radix: 16)
    else { throw Self.broken }
    left = size
    guard size == 0 else { return true }
    var lines = 0
    while true {
      guard lines < 64, let trailer = try input.line(atMost: 8192, until: deadline) else {
        throw Self.broken
      }
      lines += 1
      if trailer.isEmpty { break }
    }
    isAtEnd = true
    return false
  }

  /// When the next bytes must have come: a client may rest a little, and be slow, but not both for
  /// ever.
  private var deadline: PeerSocket.Instant {
    let fair = limits.stallSeconds + Double(count) / limits.bytesPerSecond
    return min(.now + .seconds(limits.stallSeconds), began + .seconds(fair))
  }

  /// Reads on to the body's end, if it is near, so that the connection may go on.
  ///
  /// - Returns: Whether nothing is left.
  func isDrained(_ body: HTTPBody) -> Bool {
    if isAtEnd { return true }
    // A client that was not asked for its body may keep it, or send it: nobody can tell.
    if awaitsConsent || (!isChunked && left > Self.mostUnwanted) { return false }
    let end = count + Self.mostUnwanted
    do {
      while count < end { if try next(64 << 10) == nil { return true } }
    } catch {
      return false
    }
    return isAtEnd
  }
}
