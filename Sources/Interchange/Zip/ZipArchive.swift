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

  private static let localMagic: UInt32 = 0x0403_4B50
  private static let directoryMagic: UInt32 = 0x0201_4B50
  private static let endMagic: UInt32 = 0x0605_4B50
  /// What deflate can pack into a byte at most, rounded up.
  private static let largestRatio = 1040
  /// How many bytes are worked on before somebody is asked whether to stop.
  private static let piece = 1 << 26

  /// Lists the entries.
  ///
  /// - Throws: ``InterchangeError``.
  static func entries(
    of bytes: [UInt8], file: String
  ) throws(InterchangeError) -> [Entry] {
    func malformed(_ problem: String) -> InterchangeError {
      .malformed(file: file, format: format, problem: problem)
    }
    let directory = try ZipDirectory(of: bytes, file: file)
    var offset = directory.range.lowerBound
    var entries: [Entry] = []
    for _ in 0..<directory.count {
      let (entry, next) = try entry(at: offset, in: bytes, file: file)
      guard next <= directory.range.upperBound else {
        throw malformed("its directory runs into its end")
      }
      entries.append(entry)
      offset = next
    }
    guard offset == directory.range.upperBound else {
      throw malformed("its directory is longer than its entries")
    }
    // Entries that share bytes would unpack to more than the file's size lets expect.
    guard entries.reduce(0, { $0 + $1.packedSize }) <= bytes.count else {
      throw malformed("its entries overlap")
    }
    return entries
  }

  private static func entry(
    at offset: Int, in bytes: [UInt8], file: String
  ) throws(InterchangeError) -> (Entry, next: Int) {
    func number<Word: FixedWidthInteger>(_ place: Int, _ type: Word.Type) -> Word? {
      bytes.littleEndian(at: offset + place, as: type)
    }
    guard number(0, UInt32.self) == directoryMagic,
      let flags = number(8, UInt16.self), let method = number(10, UInt16.self),
      let checksum = number(16, UInt32.self), let packedSize = number(20, UInt32.self),
      let size = number(24, UInt32.self), let nameLength = number(28, UInt16.self),
      let extraLength = number(30, UInt16.self), let commentLength = number(32, UInt16.self),
      let headerOffset = number(42, UInt32.self),
      case let nameEnd = offset + 46 + Int(nameLength),
      case let extraEnd = nameEnd + Int(extraLength), extraEnd <= bytes.count
    else { throw .malformed(file: file, format: format, problem: "its directory is damaged") }
    // Some programs write names in other encodings; what is asked for is ASCII.
    let name = String(decoding: bytes[(offset + 46)..<nameEnd], as: UTF8.self)
    var numbers = Zip64Numbers(extra: bytes[nameEnd..<extraEnd])
    guard let size = numbers.next(size), let packedSize = numbers.next(packedSize),
      let headerOffset = numbers.next(headerOffset), packedSize <= bytes.count,
      headerOffset < bytes.count
    else {
      throw .malformed(
        file: file, format: format,
        problem: "'\(InterchangeError.shown(name))' lies outside of the file")
    }
    let entry = Entry(
      name: name, isEncrypted: flags & 1 == 1, method: Int(method), checksum: checksum,
      packedSize: packedSize, size: size, headerOffset: headerOffset)
    return (entry, extraEnd + Int(commentLength))
  }

  /// Unpacks an entry and checks it.
  ///
  /// - Throws: ``InterchangeError``.
  static func content(
    of entry: Entry, in bytes: [UInt8], file: String, isCancelled: () -> Bool = { false }
  ) throws(InterchangeError) -> [UInt8] {
    func malformed(_ problem: String) -> InterchangeError {
      .malformed(
        file: file, format: format, problem: "'\(InterchangeError.shown(entry.name))' \(problem)")
    }
    guard !entry.isEncrypted else {
      throw .unsupported(file: file, feature: .encryption(member: entry.name))
    }
    guard [0, 8].contains(entry.method) else {
      throw .unsupported(
        file: file, feature: .packing(member: entry.name, method: entry.method))
    }
    // The sizes that count are the directory's: a local header may leave them open.
    guard bytes.littleEndian(at: entry.headerOffset, as: UInt32.self) == localMagic,
      let nameLength = bytes.littleEndian(at: entry.headerOffset + 26, as: UInt16.self),
      let extraLength = bytes.littleEndian(at: entry.headerOffset + 28, as: UInt16.self)
    else { throw malformed("is not where the directory says") }
    let start = entry.headerOffset + 30 + Int(nameLength) + Int(extraLength)
    guard start <= bytes.count, entry.packedSize <= bytes.count - start else {
      throw malformed("is cut off")
    }
    let packed = bytes[start..<start + entry.packedSize]
    let content: [UInt8]
    if entry.method == 8 {
      guard entry.size / largestRatio <= entry.packedSize else {
        throw malformed("cannot be as large as it says")
      }
      do {
        content = try Inflate.unpack(
          packed, .bare, count: entry.size, isCancelled: isCancelled)
      } catch .cancelled {
        throw .cancelled
      } catch {
        throw malformed("is damaged")
      }
    } else {
      guard entry.size == entry.packedSize else { throw malformed("has two sizes") }
      content = Array(packed)
    }
    var sum: UInt32 = 0
    for start in stride(from: 0, to: content.count, by: piece) {
      guard !isCancelled() else { throw .cancelled }
      sum = CRC32.sum(content[start..<min(start + piece, content.count)], after: sum)
    }
    guard sum == entry.checksum else {
      throw malformed("does not have its checksum")
    }
    return content
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
