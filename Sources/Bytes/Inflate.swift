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
    var stream = z_stream()
    precondition(assay_inflate_init(&stream, wrapping.windowBits) == Z_OK, "zlib")
    defer { inflateEnd(&stream) }
    var buffer = [UInt8](repeating: 0, count: min(piece, limit - unpacked.count + 1))
    var position = packed.startIndex
    while true {
      guard !isCancelled() else { throw .cancelled }
      // zlib counts in 32 bits.
      let offered = min(packed.endIndex - position, 1 << 30)
      let (status, taken, written) = packed[position..<position + offered].withUnsafeBufferPointer {
        packed in
        buffer.withUnsafeMutableBufferPointer { buffer in
          stream.next_in = UnsafeMutablePointer(mutating: packed.baseAddress)
          stream.avail_in = UInt32(packed.count)
          stream.next_out = buffer.baseAddress
          stream.avail_out = UInt32(buffer.count)
          let status = inflate(&stream, Z_NO_FLUSH)
          return (status, offered - Int(stream.avail_in), buffer.count - Int(stream.avail_out))
        }
      }
      position += taken
      guard written <= limit - unpacked.count else { throw .tooLarge(limit: limit) }
      unpacked.append(contentsOf: buffer[..<written])
      switch status {
      case Z_STREAM_END: return position - packed.startIndex
      case Z_OK: continue
      // Nothing is left to read and nothing more to write.
      case Z_BUF_ERROR: throw .truncated
      default: throw .damaged(stream.msg.map { String(cString: $0) } ?? "status \(status)")
      }
    }
  }
}
