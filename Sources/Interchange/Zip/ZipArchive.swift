internal import Bytes

/// Zip archives, as far as .npz files need them: stored and deflated entries, no encryption; ZIP64
/// is read and not written.
enum ZipArchive {
  static let format = "zip"

  /// An entry as the archive's directory lists it.
  struct Entry: Equatable {
    let name: String
    let isEncrypted: Bool
    /// 0 for what is stored as it is, 8 for deflate.
    let method: Int
    let checksum: UInt32
    let packedSize: Int
    let size: Int
    let headerOffset: Int
  }

  static let localMagic: UInt32 = 0x0403_4B50
  private static let directoryMagic: UInt32 = 0x0201_4B50
  private static let endMagic: UInt32 = 0x0605_4B50

  /// Lists the entries.
  ///
  /// - Throws: ``InterchangeError``.
  static func entries(of content: FileContent) throws(InterchangeError) -> [Entry] {
    func malformed(_ problem: String) -> InterchangeError {
      .malformed(file: content.name, format: format, problem: problem)
    }
    let directory = try ZipDirectory(of: content)
    let bytes = try content.bytes(directory.range)
    var offset = 0
    var entries: [Entry] = []
    for _ in 0..<directory.count {
      guard let (entry, next) = try entry(at: offset, in: bytes, of: content) else {
        throw malformed("its directory is damaged")
      }
      entries.append(entry)
      offset = next
    }
    guard offset == bytes.count else {
      throw malformed("its directory is longer than its entries")
    }
    // Entries that share bytes would unpack to more than the file's size lets expect.
    guard entries.reduce(0, { $0 + $1.packedSize }) <= content.count else {
      throw malformed("its entries overlap")
    }
    return entries
  }

  /// An entry of the directory and where the next one begins; nil if it does not lie in the directory.
  private static func entry(
    at offset: Int, in directory: [UInt8], of content: FileContent
  ) throws(InterchangeError) -> (Entry, next: Int)? {
    func number<Word: FixedWidthInteger>(_ place: Int, _ type: Word.Type) -> Word? {
      directory.littleEndian(at: offset + place, as: type)
    }
    guard number(0, UInt32.self) == directoryMagic,
      let flags = number(8, UInt16.self), let method = number(10, UInt16.self),
      let checksum = number(16, UInt32.self), let packedSize = number(20, UInt32.self),
      let size = number(24, UInt32.self), let nameLength = number(28, UInt16.self),
      let extraLength = number(30, UInt16.self), let commentLength = number(32, UInt16.self),
      let headerOffset = number(42, UInt32.self),
      case let nameEnd = offset + 46 + Int(nameLength),
      case let extraEnd = nameEnd + Int(extraLength),
      case let next = extraEnd + Int(commentLength), next <= directory.count
    else { return nil }
    // Some programs write names in other encodings; what is asked for is ASCII.
    let name = String(decoding: directory[(offset + 46)..<nameEnd], as: UTF8.self)
    var numbers = Zip64Numbers(extra: directory[nameEnd..<extraEnd])
    guard let size = numbers.next(size), let packedSize = numbers.next(packedSize),
      let headerOffset = numbers.next(headerOffset), packedSize <= content.count,
      headerOffset < content.count
    else {
      throw .malformed(
        file: content.name, format: format,
        problem: "'\(InterchangeError.shown(name))' lies outside of the file")
    }
    let entry = Entry(
      name: name, isEncrypted: flags & 1 == 1, method: Int(method), checksum: checksum,
      packedSize: packedSize, size: size, headerOffset: headerOffset)
    return (entry, next)
  }

  /// An archive of entries that are not packed.
  ///
  /// - Throws: ``InterchangeError/unsupported(file:feature:)`` beyond 4 GB.
  static func bytes(
    of entries: [(name: String, content: [UInt8])], file: String
  ) throws(InterchangeError) -> [UInt8] {
    let total = entries.reduce(0) { $0 + $1.content.count + $1.name.utf8.count + 128 }
    guard total < Int(UInt32.max), entries.count < Int(UInt16.max) else {
      throw .unsupported(file: file, feature: .writtenSize)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(total)
    var directory: [UInt8] = []
    for (name, content) in entries {
      let offset = UInt32(bytes.count)
      // Version 2.0, no flags, stored, at midnight of the first day of 1980.
      let common =
        littleEndianBytes([UInt16(20), 0, 0, 0, 0x21])
        + littleEndianBytes([CRC32.sum(content), UInt32(content.count), UInt32(content.count)])
        + littleEndianBytes([UInt16(name.utf8.count), 0])
      bytes += littleEndianBytes([localMagic]) + common + Array(name.utf8) + content
      directory +=
        littleEndianBytes([directoryMagic]) + littleEndianBytes([UInt16(20)]) + common
        + littleEndianBytes([UInt16(0), 0, 0, 0, 0]) + littleEndianBytes([offset])
        + Array(name.utf8)
    }
    let start = UInt32(bytes.count)
    let count = UInt16(entries.count)
    return bytes + directory + littleEndianBytes([endMagic])
      + littleEndianBytes([UInt16(0), 0, count, count])
      + littleEndianBytes([UInt32(directory.count), start]) + [0, 0]
  }
}
