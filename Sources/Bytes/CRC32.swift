internal import CZlib

/// The checksum of zip archives, gzip and PNG files: CRC-32 of ISO 3309.
package enum CRC32 {
  /// The sum of some bytes that follow those of another sum, if any.
  package static func sum(_ bytes: ArraySlice<UInt8>, after sum: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(crc32_z(UInt(sum), $0.baseAddress, $0.count)) }
  }

  /// The sum of some bytes.
  package static func sum(_ bytes: [UInt8]) -> UInt32 { sum(bytes[...]) }
}
