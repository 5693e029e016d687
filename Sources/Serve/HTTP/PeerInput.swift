/// What a client has sent and nobody has read yet.
struct PeerInput {
  private let socket: PeerSocket
  private var buffer: [UInt8] = []
  /// Where the unread bytes begin.
  private var start = 0

  init(_ socket: PeerSocket) { self.socket = socket }

  private var unread: ArraySlice<UInt8> { buffer[start...] }

  /// Waits until there is a byte.
  mutating func waitForByte(until deadline: PeerSocket.Instant) throws(PeerSocket.Failure) {
    if start == buffer.count { try fill(until: deadline) }
  }

  /// The next head, without the empty line behind it; nil if the client leaves before it is whole.
  ///
  /// - Throws: ``HTTPFailure`` if it is too long or too slow.
  mutating func head(_ limits: HTTPLimits) throws(HTTPFailure) -> ArraySlice<UInt8>? {
    let deadline = ContinuousClock.now + .seconds(limits.headSeconds)
    // Empty lines before a request are left over from the one before.
    while start < buffer.count, [0x0A, 0x0D].contains(buffer[start]) { start += 1 }
    var looked = start
    while true {
      while let feed = buffer[looked...].firstIndex(of: UInt8(ascii: "\n")) {
        looked = feed + 1
        let line = buffer[start..<feed]
        let isEnd =
          line.suffix(2).elementsEqual([UInt8(ascii: "\n"), UInt8(ascii: "\r")])
          || line.last == UInt8(ascii: "\n")
        if isEnd {
          let head = buffer[start..<feed]
          start = feed + 1
          return head.dropLast(head.last == UInt8(ascii: "\r") ? 2 : 1)
        }
      }
      looked = buffer.count
      guard buffer.count - start <= limits.headBytes else {
        throw HTTPFailure(
          .headTooLarge, "the head of the request has more than \(limits.headBytes) bytes")
      }
      let unreadBefore = start
      do {
        try fill(until: deadline)
      } catch .timedOut {
        throw HTTPFailure(.timedOut, "the head of the request took too long")
      } catch {
        return nil
      }
      // Filling may have moved what is unread.
      looked -= unreadBefore - start
    }
  }

  /// Some bytes, so many at most.
  mutating func bytes(
    atMost limit: Int, until deadline: PeerSocket.Instant
  ) throws(PeerSocket.Failure) -> [UInt8] {
    try waitForByte(until: deadline)
    let end = min(buffer.count, start + limit)
    defer { start = end }
    return Array(buffer[start..<end])
  }

  /// One line, without its end; nil if it is longer than fits.
  mutating func line(
    atMost limit: Int, until deadline: PeerSocket.Instant
  ) throws(PeerSocket.Failure) -> String? {
    while true {
      if let feed = unread.firstIndex(of: UInt8(ascii: "\n")) {
        guard feed - start <= limit + 1 else { return nil }
        let line = buffer[start..<feed]
        start = feed + 1
        let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        return String(decoding: text, as: UTF8.self)
      }
      // A carriage return at its end is no part of it.
      guard unread.count <= limit + 1 else { return nil }
      try fill(until: deadline)
    }
  }

  /// Waits for bytes and drops them.
  mutating func discard(until deadline: PeerSocket.Instant) throws(PeerSocket.Failure) -> Int {
    try waitForByte(until: deadline)
    defer { start = buffer.count }
    return unread.count
  }

  private mutating func fill(until deadline: PeerSocket.Instant) throws(PeerSocket.Failure) {
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    let before = buffer.count
    buffer.reserveCapacity(before + Self.size)
    buffer.append(contentsOf: repeatElement(0, count: Self.size))
    let received = buffer.withUnsafeMutableBytes { bytes in
      Result { () throws(PeerSocket.Failure) in
        try socket.receive(
          into: UnsafeMutableRawBufferPointer(rebasing: bytes[before...]), until: deadline)
      }
    }
    buffer.removeLast(Self.size - ((try? received.get()) ?? 0))
    _ = try received.get()
  }

  /// How many bytes are asked for at a time.
  private static let size = 16 << 10
}
