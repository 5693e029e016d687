extension String {
  /// The text of a file, without its byte order mark; nil if it is not text.
  ///
  /// It is in UTF-8, or in UTF-16 or UTF-32 where a mark says so.
  package init?(fileContent bytes: [UInt8]) {
    let marks: [([UInt8], ([UInt8]) -> String?)] = [
      ([0xEF, 0xBB, 0xBF], { String(validating: $0, as: UTF8.self) }),
      // Before that of UTF-16, which it begins with.
      ([0xFF, 0xFE, 0, 0], { Self.decode($0, of: UTF32.self, isBigEndian: false) }),
      ([0, 0, 0xFE, 0xFF], { Self.decode($0, of: UTF32.self, isBigEndian: true) }),
      ([0xFF, 0xFE], { Self.decode($0, of: UTF16.self, isBigEndian: false) }),
      ([0xFE, 0xFF], { Self.decode($0, of: UTF16.self, isBigEndian: true) }),
    ]
    let found = marks.first { bytes.starts(with: $0.0) }
    guard
      let text = found.map({ $0.1(Array(bytes.dropFirst($0.0.count))) })
        ?? String(validating: bytes, as: UTF8.self)
    else { return nil }
    self = text
  }

  private static func decode<Encoding: Unicode.Encoding>(
    _ bytes: [UInt8], of encoding: Encoding.Type, isBigEndian: Bool
  ) -> String? where Encoding.CodeUnit: FixedWidthInteger {
    guard bytes.count % MemoryLayout<Encoding.CodeUnit>.size == 0 else { return nil }
    let units = littleEndianWords(bytes[...], as: Encoding.CodeUnit.self)
    return String(validating: isBigEndian ? units.map(\.byteSwapped) : units, as: encoding)
  }
}

extension ArraySlice<UInt8> {
  /// The bytes behind UTF-8's byte order mark, if they begin with one, as each part does of a file
  /// that programs append to.
  package var withoutByteOrderMark: ArraySlice<UInt8> {
    first == 0xEF && dropFirst().starts(with: [0xBB, 0xBF]) ? dropFirst(3) : self
  }
}
