/// Whole numbers as bytes, the lowest byte first.
package func littleEndianBytes<Word: FixedWidthInteger>(_ words: [Word]) -> [UInt8] {
  #if _endian(little)
    words.withUnsafeBytes { Array($0) }
  #else
    words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
  #endif
}

/// Whole numbers from bytes, the lowest byte first; a rest that fills no number is left out.
package func littleEndianWords<Word: FixedWidthInteger>(
  _ bytes: ArraySlice<UInt8>, as type: Word.Type = Word.self
) -> [Word] {
  let size = MemoryLayout<Word>.size
  return bytes.withUnsafeBytes { raw in
    (0..<raw.count / size).map {
      Word(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * size, as: Word.self))
    }
  }
}

/// A whole number as bytes, the highest byte first.
package func bigEndianBytes(_ word: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: word.bigEndian) { Array($0) }
}

extension [UInt8] {
  /// The number at an offset, the lowest byte first; nil if the bytes end before it does.
  package func littleEndian<Word: FixedWidthInteger>(at offset: Int, as type: Word.Type) -> Word? {
    let size = MemoryLayout<Word>.size
    guard offset >= 0, offset <= count - size else { return nil }
    return (0..<size).reduce(Word(0)) { $0 | Word(self[offset + $1]) << Word($1 * 8) }
  }

  /// The four-byte number at an offset, the highest byte first; nil if the bytes end before it does.
  package func bigEndian(at offset: Int) -> Int? {
    guard offset >= 0, offset <= count - 4 else { return nil }
    return (0..<4).reduce(0) { $0 << 8 | Int(self[offset + $1]) }
  }
}
