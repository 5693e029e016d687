/// A tar archive in memory: POSIX's ustar and what GNU tar makes of it.
package struct TarArchive: Sendable {
  /// Why bytes are no archive, in a few words.
  package enum Problem: Error, Equatable, Sendable {
    /// The archive ends before its end is marked.
    case truncated
    /// The header at this offset has a wrong checksum or no number where one belongs.
    case damagedHeader(offset: Int)
  }

  /// A regular file of the archive.
  package struct Entry: Equatable, Sendable {
    /// The path in the archive.
    package let path: String
    /// Where the content lies in the archive.
    package let range: Range<Int>
  }

  private static let block = 512

  /// The regular files in the archive's order; folders, links and notes are left out.
  package let entries: [Entry]

  /// Reads the archive's headers.
  ///
  /// - Parameter bytes: The whole archive, unpacked.
  /// - Throws: ``Problem``.
  package init(_ bytes: [UInt8]) throws(Problem) {
    var entries: [Entry] = []
    var offset = 0
    while true {
      guard bytes.count - offset >= Self.block else { throw .truncated }
      let header = bytes[offset..<offset + Self.block]
      // A block of zeros marks the end; what pads the archive after it is of no interest.
      if header.allSatisfy({ $0 == 0 }) { break }
      guard let size = Self.number(header, at: 124, width: 12),
        let sum = Self.number(header, at: 148, width: 8), sum == Self.checksum(header)
      else { throw .damagedHeader(offset: offset) }
      let start = offset + Self.block
      guard size <= bytes.count - start else { throw .truncated }
      // '0', and a zero in archives from before POSIX.
      if [0x30, 0].contains(header[offset + 156]) {
        entries.append(Entry(path: Self.path(header), range: start..<start + size))
      }
      offset = start + (size + Self.block - 1) / Self.block * Self.block
    }
    self.entries = entries
  }

  /// An octal number between spaces or zeros; nil if it is none.
  private static func number(_ header: ArraySlice<UInt8>, at place: Int, width: Int) -> Int? {
    let field = header.dropFirst(place).prefix(width)
    let digits = field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
    guard !digits.isEmpty, field[digits.endIndex...].allSatisfy({ $0 == 0 || $0 == 0x20 }) else {
      return nil
    }
    return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
  }

  /// The sum of the header's bytes, with spaces in the place of the sum itself.
  private static func checksum(_ header: ArraySlice<UInt8>) -> Int {
    let place = header.startIndex + 148..<header.startIndex + 156
    return header.indices.reduce(0) { $0 + (place.contains($1) ? 0x20 : Int(header[$1])) }
  }

  private static func path(_ header: ArraySlice<UInt8>) -> String {
    func text(_ place: Int, _ width: Int) -> String {
      let field = header.dropFirst(place).prefix(width)
      return String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }
    let name = text(0, 100)
    // GNU tar has other things in the prefix's place, and two spaces behind "ustar".
    let prefix = text(257, 6) == "ustar" ? text(345, 155) : ""
    return prefix.isEmpty ? name : prefix + "/" + name
  }
}
