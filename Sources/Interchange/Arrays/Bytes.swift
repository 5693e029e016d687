/// Whole numbers as bytes, the lowest byte first.
func littleEndianBytes<Word: FixedWidthInteger>(_ words: [Word]) -> [UInt8] {
  #if _endian(little)
    words.withUnsafeBytes { Array($0) }
  #else
    words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
  #endif
}

/// Whole numbers from bytes, the lowest byte first; a rest that fills no number is left out.
func littleEndianWords<Word: FixedWidthInteger>(
  _ bytes: ArraySlice<UInt8>, as type: Word.Type = Word.self
) -> [Word] {
  let size = MemoryLayout<Word>.size
  return bytes.withUnsafeBytes { raw in
    (0..<raw.count / size).map {
      Word(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * size, as: Word.self))
    }
  }
}

extension [UInt8] {
  /// The number at an offset, the lowest byte first; nil if the bytes end before it does.
  func littleEndian<Word: FixedWidthInteger>(at offset: Int, as type: Word.Type) -> Word? {
    let size = MemoryLayout<Word>.size
    guard offset >= 0, offset <= count - size else { return nil }
    return (0..<size).reduce(Word(0)) { $0 | Word(self[offset + $1]) << Word($1 * 8) }
  }

  /// The four-byte number at an offset, the highest byte first; nil if the bytes end before it does.
  func bigEndian(at offset: Int) -> Int? {
    guard offset >= 0, offset <= count - 4 else { return nil }
    return (0..<4).reduce(0) { $0 << 8 | Int(self[offset + $1]) }
  }
}

/// The sum by which zip archives and PNG files are checked, as in ISO 3309.
enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { sum, _ in
      sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1
    }
  }

  /// The sum of some bytes.
  static func sum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let table = table
    return ~bytes.reduce(~UInt32(0)) { sum, byte in
      table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8)
    }
  }
}

/// The sum at the end of zlib streams, as in RFC 1950.
func adler32(_ bytes: [UInt8]) -> UInt32 {
  var (low, high): (UInt32, UInt32) = (1, 0)
  for byte in bytes {
    low = (low + UInt32(byte)) % 65521
    high = (high + low) % 65521
  }
  return high << 16 | low
}
