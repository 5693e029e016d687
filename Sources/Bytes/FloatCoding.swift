/// Arrays of floats as little-endian bytes.
package enum FloatCoding {
  /// The bytes of `floats`, four each.
  package static func bytes(of floats: [Float]) -> [UInt8] {
    #if _endian(little)
      floats.withUnsafeBytes { Array($0) }
    #else
      littleEndianBytes(floats.map(\.bitPattern))
    #endif
  }

  /// The floats whose bytes these are; nil if their number is not a multiple of four.
  package static func floats(from bytes: ArraySlice<UInt8>) -> [Float]? {
    guard bytes.count % 4 == 0 else { return nil }
    return bytes.withUnsafeBytes { raw in
      (0..<raw.count / 4).map {
        Float(
          bitPattern: UInt32(
            littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
      }
    }
  }
}
