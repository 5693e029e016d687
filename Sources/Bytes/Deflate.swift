internal import CZlib

/// Compresses bytes by zlib.
package enum Deflate {
  /// Compresses bytes.
  ///
  /// One version of zlib always gives the same result.
  ///
  /// - Parameters:
  ///   - bytes: The bytes to compress.
  ///   - wrapping: The header and checksum to put around the data.
  ///   - level: 1 for speed to 9 for size.
  /// - Returns: The compressed bytes.
  package static func pack(_ bytes: [UInt8], _ wrapping: Wrapping, level: Int32 = 6) -> [UInt8] {
    precondition((1...9).contains(level), "level \(level)")
    var stream = z_stream()
    // It fails for want of memory alone, as any array does.
    precondition(assay_deflate_init(&stream, level, wrapping.windowBits) == Z_OK, "zlib")
    defer { deflateEnd(&stream) }
    var packed: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    bytes.withUnsafeBufferPointer { bytes in
      var position = 0
      var status = Z_OK
      while status != Z_STREAM_END {
        // zlib counts in 32 bits.
        let count = min(bytes.count - position, 1 << 30)
        let isLast = position + count == bytes.count
        stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress.map { $0 + position })
        stream.avail_in = UInt32(count)
        repeat {
          let room = buffer.count
          let written = buffer.withUnsafeMutableBufferPointer { buffer in
            stream.next_out = buffer.baseAddress
            stream.avail_out = UInt32(room)
            status = deflate(&stream, isLast ? Z_FINISH : Z_NO_FLUSH)
            return room - Int(stream.avail_out)
          }
          packed.append(contentsOf: buffer[..<written])
        } while stream.avail_out == 0
        position += count
      }
    }
    return packed
  }
}
