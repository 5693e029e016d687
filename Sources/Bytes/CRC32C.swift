/// The checksum of TFRecord files and of the write-ahead logs of LevelDB: CRC-32C of RFC 3720.
package enum CRC32C {
  /// Eight tables, so that eight bytes are taken at a time.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var sum = UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0x82F6_3B78 }
      tables[byte] = sum
    }
    for entry in 256..<tables.count {
      let before = tables[entry - 256]
      tables[entry] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()

  /// The sum of some bytes that follow those of another sum, if any.
  package static func sum(_ bytes: ArraySlice<UInt8>, after sum: UInt32 = 0) -> UInt32 {
    var sum = ~sum
    bytes.withUnsafeBytes { bytes in
      tables.withUnsafeBufferPointer { tables in
        var place = 0
        while place <= bytes.count - 8 {
          let word = UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
          let mixed = word ^ UInt64(sum)
          sum =
            tables[7 << 8 | Int(mixed & 0xFF)] ^ tables[6 << 8 | Int(mixed >> 8 & 0xFF)]
            ^ tables[5 << 8 | Int(mixed >> 16 & 0xFF)] ^ tables[4 << 8 | Int(mixed >> 24 & 0xFF)]
            ^ tables[3 << 8 | Int(mixed >> 32 & 0xFF)] ^ tables[2 << 8 | Int(mixed >> 40 & 0xFF)]
            ^ tables[1 << 8 | Int(mixed >> 48 & 0xFF)] ^ tables[Int(mixed >> 56)]
          place += 8
        }
        for byte in bytes[place...] {
          sum = sum >> 8 ^ tables[Int((sum ^ UInt32(byte)) & 0xFF)]
        }
      }
    }
    return ~sum
  }

  /// The sum of some bytes as files store it, so that a sum over bytes that hold a sum is sound.
  package static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let sum = sum(bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}
