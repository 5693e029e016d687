/// What follows a request's head, read piece by piece as it comes.
package final class HTTPBody {
  /// How many bytes follow; nil where only their end will tell.
  package let length: Int?
  private let read: (_ limit: Int) throws(HTTPFailure) -> [UInt8]?
  private(set) var isAtEnd: Bool

  /// Reads what a function gives.
  ///
  /// - Parameters:
  ///   - length: How many bytes come; nil: is not known.
  ///   - read: Gives the next bytes, so many at most; nil after the last.
  init(length: Int?, read: @escaping (_ limit: Int) throws(HTTPFailure) -> [UInt8]?) {
    self.length = length
    self.read = read
    isAtEnd = length == 0
  }

  /// The next bytes; nil after the last.
  ///
  /// - Throws: ``HTTPFailure`` if the client sends too slowly, no more, or something else.
  package func next(atMost limit: Int = 64 << 10) throws(HTTPFailure) -> [UInt8]? {
    guard !isAtEnd else { return nil }
    let bytes = try read(limit)
    if bytes == nil { isAtEnd = true }
    return bytes
  }

  /// All bytes that have not been read.
  ///
  /// - Throws: ``HTTPFailure``, of status 413 if they are too many.
  package func bytes(atMost limit: Int) throws(HTTPFailure) -> [UInt8] {
    func tooLarge() -> HTTPFailure {
      HTTPFailure(.tooLarge, "the request has more than \(limit) bytes, which is too large")
    }
    if let length, length > limit { throw tooLarge() }
    var all: [UInt8] = []
    all.reserveCapacity(length ?? 0)
    while let bytes = try next() {
      guard all.count + bytes.count <= limit else { throw tooLarge() }
      all += bytes
    }
    return all
  }
}
