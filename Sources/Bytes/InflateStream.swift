internal import CZlib

/// Unpacks one stream of packed bytes, as far as they are there and wanted.
package final class InflateStream {
  // zlib keeps a pointer to where the stream lies, which must not move.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  /// Whether all of it is unpacked.
  package private(set) var hasEnded = false

  /// Begins a stream.
  package init(_ wrapping: Wrapping) {
    stream.initialize(to: z_stream())
    precondition(assay_inflate_init(stream, wrapping.windowBits) == Z_OK, "zlib")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Unpacks the next bytes.
  ///
  /// - Parameters:
  ///   - packed: What follows of the packed bytes; what is used is taken away from them.
  ///   - buffer: Where the unpacked bytes go, from its beginning; it is not empty.
  /// - Returns: How many bytes were unpacked.
  /// - Throws: ``InflateError/truncated`` if more packed bytes are needed,
  ///   ``InflateError/damaged(_:)``.
  package func unpack(
    _ packed: inout ArraySlice<UInt8>, into buffer: inout [UInt8]
  ) throws(InflateError) -> Int {
    // zlib counts in 32 bits.
    let offered = min(packed.count, 1 << 30)
    let wanted = min(buffer.count, 1 << 30)
    let status = packed.withUnsafeBufferPointer { packed in
      buffer.withUnsafeMutableBufferPointer { buffer in
        stream.pointee.next_in = UnsafeMutablePointer(mutating: packed.baseAddress)
        stream.pointee.avail_in = UInt32(offered)
        stream.pointee.next_out = buffer.baseAddress
        stream.pointee.avail_out = UInt32(wanted)
        return inflate(stream, Z_NO_FLUSH)
      }
    }
    packed = packed.dropFirst(offered - Int(stream.pointee.avail_in))
    switch status {
    case Z_STREAM_END: hasEnded = true
    case Z_OK: break
    // Nothing is left to read and nothing more to write.
    case Z_BUF_ERROR: throw .truncated
    default:
      throw .damaged(stream.pointee.msg.map { String(cString: $0) } ?? "status \(status)")
    }
    return wanted - Int(stream.pointee.avail_out)
  }
}
