internal import Bytes

/// Unpacks an entry of an archive from its beginning to its end, and checks it there.
final class ZipEntryReader: ByteReader {
  private let entry: ZipArchive.Entry
  private let file: String
  /// The bytes as the archive has them.
  private let source: ContentReader
  /// What unpacks them; nil if they are not packed.
  private let stream: InflateStream?
  /// Packed bytes that were read and not yet unpacked.
  private var packed: ArraySlice<UInt8> = []
  private var checksum: UInt32 = 0
  private(set) var remaining: Int

  /// What deflate can pack into a byte at most, rounded up.
  private static let largestRatio = 1040
  /// How many bytes are worked on before somebody is asked whether to stop.
  private static let piece = 1 << 20

  /// Finds an entry's content.
  ///
  /// - Throws: ``InterchangeError``.
  init(_ entry: ZipArchive.Entry, in content: FileContent) throws(InterchangeError) {
    self.entry = entry
    file = content.name
    func malformed(_ problem: String) -> InterchangeError {
      Self.malformed(entry, content.name, problem)
    }
    guard !entry.isEncrypted else {
      throw .unsupported(file: content.name, feature: .encryption(member: entry.name))
    }
    guard [0, 8].contains(entry.method) else {
      throw .unsupported(
        file: content.name, feature: .packing(member: entry.name, method: entry.method))
    }
    // The sizes that count are the directory's: a local header may leave them open.
    let headerEnd = min(entry.headerOffset + 30, content.count)
    let header = try content.bytes(entry.headerOffset..<headerEnd)
    guard header.littleEndian(at: 0, as: UInt32.self) == ZipArchive.localMagic,
      let nameLength = header.littleEndian(at: 26, as: UInt16.self),
      let extraLength = header.littleEndian(at: 28, as: UInt16.self)
    else { throw malformed("is not where the directory says") }
    let start = entry.headerOffset + 30 + Int(nameLength) + Int(extraLength)
    guard start <= content.count, entry.packedSize <= content.count - start else {
      throw malformed("is cut off")
    }
    if entry.method == 8 {
      guard entry.size / Self.largestRatio <= entry.packedSize else {
        throw malformed("cannot be as large as it says")
      }
      stream = InflateStream(.bare)
    } else {
      guard entry.size == entry.packedSize else { throw malformed("has two sizes") }
      stream = nil
    }
    source = ContentReader(content, start..<start + entry.packedSize)
    remaining = entry.size
    if remaining == 0 { try checkEnd() }
  }

  func read(_ count: Int, isCancelled: () -> Bool) throws(InterchangeError) -> [UInt8] {
    precondition(count <= remaining, "\(count) of \(remaining) bytes")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      guard !isCancelled() else { throw .cancelled }
      let piece = try next(min(Self.piece, count - bytes.count), isCancelled: isCancelled)
      checksum = CRC32.sum(piece[...], after: checksum)
      bytes += piece
    }
    remaining -= count
    if remaining == 0, count > 0 { try checkEnd() }
    return bytes
  }

  /// At most so many of the next bytes.
  private func next(
    _ count: Int, isCancelled: () -> Bool
  ) throws(InterchangeError) -> [UInt8] {
    guard let stream else { return try source.read(count, isCancelled: isCancelled) }
    guard !stream.hasEnded else { throw Self.malformed(entry, file, "is damaged") }
    try refill(isCancelled: isCancelled)
    var buffer = [UInt8](repeating: 0, count: count)
    do {
      let written = try stream.unpack(&packed, into: &buffer)
      return Array(buffer[..<written])
    } catch {
      throw Self.malformed(entry, file, "is damaged")
    }
  }

  private func refill(isCancelled: () -> Bool) throws(InterchangeError) {
    guard packed.isEmpty else { return }
    packed = try source.read(min(Self.piece, source.remaining), isCancelled: isCancelled)[...]
  }

  /// Makes sure that nothing follows and that all was what the directory announces.
  private func checkEnd() throws(InterchangeError) {
    while let stream, !stream.hasEnded {
      let rest = try next(1, isCancelled: { false })
      guard rest.isEmpty else { throw Self.malformed(entry, file, "is damaged") }
    }
    guard checksum == entry.checksum else {
      throw Self.malformed(entry, file, "does not have its checksum")
    }
  }

  private static func malformed(
    _ entry: ZipArchive.Entry, _ file: String, _ problem: String
  ) -> InterchangeError {
    .malformed(
      file: file, format: ZipArchive.format,
      problem: "'\(InterchangeError.shown(entry.name))' \(problem)")
  }
}
