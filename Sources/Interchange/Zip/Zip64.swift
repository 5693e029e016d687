internal import Bytes

/// The sizes and the offset of an archive's entry, from where ZIP64 puts those that do not fit into
/// 32 bits.
struct Zip64Numbers {
  /// What ZIP64 has of the entry that was not taken yet.
  private var rest: ArraySlice<UInt8>

  /// Finds them among an entry's extra fields, each of which is a kind, a length and its bytes.
  init(extra: ArraySlice<UInt8>) {
    rest = []
    var fields = extra
    while fields.count >= 4 {
      let header = littleEndianWords(fields.prefix(4), as: UInt16.self)
      let content = fields.dropFirst(4).prefix(Int(header[1]))
      guard content.count == header[1] else { return }
      if header[0] == 1 {
        rest = content
        return
      }
      fields = fields[content.endIndex...]
    }
  }

  /// The number that 32 bits are for, or the next one here where they only say that it is; nil if
  /// it is missing or larger than any file.
  ///
  /// Numbers are asked for in the order that they have here: the size, the packed size, the offset.
  mutating func next(_ narrow: UInt32) -> Int? {
    guard narrow == .max else { return Int(narrow) }
    guard let wide = littleEndianWords(rest.prefix(8), as: UInt64.self).first else { return nil }
    rest = rest.dropFirst(8)
    return Int(exactly: wide)
  }
}

/// Where an archive's directory lies.
struct ZipDirectory {
  private static let endMagic: UInt32 = 0x0605_4B50
  private static let endSize = 22
  private static let zip64LocatorMagic: UInt32 = 0x0706_4B50
  private static let zip64LocatorSize = 20
  private static let zip64EndMagic: UInt32 = 0x0606_4B50
  private static let zip64EndSize = 56
  /// What an entry takes at least.
  private static let smallestEntry = 46
  /// What a directory takes at most that is read, which is a million entries.
  private static let largest = 1 << 26

  /// The number of entries.
  let count: Int
  /// Where the first one begins and the last one ends.
  let range: Range<Int>

  /// Finds the directory by the records at the end of the archive.
  ///
  /// - Throws: ``InterchangeError/malformed(file:format:problem:)`` if they are missing or the
  ///   directory does not lie in front of them.
  init(of content: FileContent) throws(InterchangeError) {
    func malformed(_ problem: String) -> InterchangeError {
      .malformed(file: content.name, format: ZipArchive.format, problem: problem)
    }
    // What a comment may be long, and what stands before it.
    let first = max(0, content.count - 65_535 - Self.endSize - Self.zip64LocatorSize)
    let bytes = try content.bytes(first..<content.count)
    guard let end = Self.endOffset(of: bytes),
      let count = bytes.littleEndian(at: end + 10, as: UInt16.self),
      let size = bytes.littleEndian(at: end + 12, as: UInt32.self),
      let start = bytes.littleEndian(at: end + 16, as: UInt32.self)
    else { throw malformed("its directory is missing; the file may be cut off") }
    var place = (count: UInt64(count), size: UInt64(size), start: UInt64(start), end: first + end)
    if count == .max || size == .max || start == .max {
      let locator = end - Self.zip64LocatorSize
      guard bytes.littleEndian(at: locator, as: UInt32.self) == Self.zip64LocatorMagic,
        let position = bytes.littleEndian(at: locator + 8, as: UInt64.self),
        let zip64 = try Self.zip64Place(of: content, at: position, before: first + locator)
      else {
        throw malformed("its ZIP64 directory is missing")
      }
      place = zip64
    }
    guard place.start <= place.end, place.size <= UInt64(place.end) - place.start,
      place.count <= place.size / UInt64(Self.smallestEntry)
    else { throw malformed("its directory lies outside of the file") }
    guard place.size <= UInt64(Self.largest) else {
      throw malformed("its directory is larger than \(Self.largest >> 20) MB")
    }
    self.count = Int(place.count)
    range = Int(place.start)..<Int(place.start + place.size)
  }

  /// The record that ends an archive; a comment may follow it.
  private static func endOffset(of bytes: [UInt8]) -> Int? {
    guard bytes.count >= endSize else { return nil }
    let last = bytes.count - endSize
    return stride(from: last, through: max(0, last - 65_535), by: -1).first { offset in
      bytes.littleEndian(at: offset, as: UInt32.self) == endMagic
        && bytes.littleEndian(at: offset + 20, as: UInt16.self).map { Int($0) } == last - offset
    }
  }

  /// What the larger record says, which stands before a record that only says where it is.
  private static func zip64Place(
    of content: FileContent, at position: UInt64, before locator: Int
  ) throws(InterchangeError) -> (count: UInt64, size: UInt64, start: UInt64, end: Int)? {
    guard let record = Int(exactly: position), record <= locator - zip64EndSize else { return nil }
    let bytes = try content.bytes(record..<record + zip64EndSize)
    guard bytes.littleEndian(at: 0, as: UInt32.self) == zip64EndMagic,
      let count = bytes.littleEndian(at: 32, as: UInt64.self),
      let size = bytes.littleEndian(at: 40, as: UInt64.self),
      let start = bytes.littleEndian(at: 48, as: UInt64.self)
    else { return nil }
    return (count, size, start, record)
  }
}
