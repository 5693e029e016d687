internal import CZlib

/// Why bytes cannot be unpacked.
package enum InflateError: Error, Equatable, Sendable {
  /// The data ends too early.
  case truncated
  /// The data or its checksum is wrong, in zlib's words.
  case damaged(String)
  /// The content is larger than the limit.
  case tooLarge(limit: Int)
  /// The caller asked to stop.
  case cancelled
}

/// Decompresses bytes by zlib.
package enum Inflate {
  /// Unpacks bytes piece by piece, so that nothing beyond the limit is ever held.
  ///
  /// What follows the packed bytes is left alone, but for gzip, where it may be further members,
  /// which are joined, or zeros.
  ///
  /// - Parameters:
  ///   - packed: The packed bytes.
  ///   - wrapping: What stands around them.
  ///   - limit: The largest size of the content, in bytes.
  ///   - isCancelled: Returns true to stop; called after every megabyte.
  /// - Returns: The unpacked bytes.
  /// - Throws: ``InflateError``.
  package static func unpack(
    _ packed: ArraySlice<UInt8>, _ wrapping: Wrapping, limit: Int,
    isCancelled: () -> Bool = { false }
  ) throws(InflateError) -> [UInt8] {
    var unpacked: [UInt8] = []
    var rest = packed
    repeat {
      let count = try unpackMember(
        rest, wrapping, onto: &unpacked, limit: limit, isCancelled: isCancelled)
      rest = rest.dropFirst(count)
    } while wrapping == .gzip && !rest.allSatisfy { $0 == 0 }
    return unpacked
  }

  /// Unpacks bytes whose unpacked number is known; as
  /// ``unpack(_:_:limit:isCancelled:)`` otherwise.
  ///
  /// - Throws: ``InflateError``; `damaged` also if there is another number of them.
  package static func unpack(
    _ packed: ArraySlice<UInt8>, _ wrapping: Wrapping, count: Int,
    isCancelled: () -> Bool = { false }
  ) throws(InflateError) -> [UInt8] {
    var unpacked: [UInt8] = []
    unpacked.reserveCapacity(count)
    do {
      _ = try unpackMember(
        packed, wrapping, onto: &unpacked, limit: count, isCancelled: isCancelled)
    } catch .tooLarge {
      throw .damaged("more content than announced")
    }
    guard unpacked.count == count else { throw .damaged("less content than announced") }
    return unpacked
  }

  /// Whether bytes begin as gzip's do.
  package static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  private static let piece = 1 << 20

  /// Unpacks up to the end of one stream and returns how many packed bytes it was.
  private static func unpackMember(
    _ packed: ArraySlice<UInt8>, _ wrapping: Wrapping, onto unpacked: inout [UInt8], limit: Int,
    isCancelled: () -> Bool
  ) throws(InflateError) -> Int {
    let stream = InflateStream(wrapping)
    var buffer = [UInt8](repeating: 0, count: min(piece, limit - unpacked.count + 1))
    var rest = packed
    while true {
      guard !isCancelled() else { throw .cancelled }
      let written = try stream.unpack(&rest, into: &buffer)
      guard written <= limit - unpacked.count else { throw .tooLarge(limit: limit) }
      unpacked.append(contentsOf: buffer[..<written])
      if stream.hasEnded { return packed.count - rest.count }
    }
  }
}
