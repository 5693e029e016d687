internal import Foundation

/// A file of lines that grows while it is read.
final class EventFile {
  /// The lines that have come: some of the file's bytes, which end with a line's end.
  struct Piece {
    let bytes: [UInt8]
    /// Where the file is read on.
    let end: Int64
    /// Whether a line before these was too long and left out.
    var skippedLine = false
  }

  /// A longer line is left out.
  static let longestLine = 1 << 24
  private static let pieceSize = 1 << 20

  /// What names the file among those of its run, in the record of how far it was read.
  let source: String
  /// What tells it from other files: its number on its device.
  let inode: UInt64
  private let descriptor: Int32
  /// How many bytes are read and recorded.
  private(set) var recorded: Int64
  /// Where to read on, which is elsewhere after the file was cut off.
  private(set) var offset: Int64
  /// The size at which nothing more could be read.
  private var exhaustedSize: Int64 = -1
  private var isInLongLine = false
  /// The last bytes before the offset: a file that has others there was cut off and has grown again.
  private var mark: [UInt8] = []
  private static let markSize = 64

  /// Opens a file; nil if it is not there, or is no regular file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - source: What names it, by its number.
  ///   - recorded: How many bytes of a source are recorded.
  init?(
    _ path: String, source: (_ inode: UInt64) -> String,
    recorded: (_ source: String) throws -> Int64
  ) rethrows {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    inode = UInt64(status.st_ino)
    self.source = source(inode)
    do {
      self.recorded = try recorded(self.source)
    } catch {
      close(descriptor)
      throw error
    }
    offset = self.recorded
  }

  deinit { close(descriptor) }

  /// The file's size now.
  var size: Int64 {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
  }

  /// Begins anew if what was read of the file is no longer there.
  ///
  /// - Returns: Whether it is not.
  func restartIfCutOff() -> Bool {
    guard size < offset || !mark.isEmpty && (try? hasMark()) == false else { return false }
    (offset, exhaustedSize, isInLongLine, mark) = (0, -1, false, [])
    return true
  }

  private func hasMark() throws(ProgramError) -> Bool {
    try read(mark.count, at: offset - Int64(mark.count)) == mark
  }

  /// The next lines, as many as have come whole and fit; nil if none has come.
  ///
  /// - Parameter isLast: Whether a last line counts that has no end.
  /// - Returns: The lines.
  /// - Throws: ``ProgramError/inputOutput(path:detail:)``.
  func next(isLast: Bool) throws(ProgramError) -> Piece? {
    let size = size
    guard size > offset, isLast || size != exhaustedSize else { return nil }
    var skippedLine = false
    if isInLongLine {
      guard try skipLongLine(to: size) else { return nil }
      skippedLine = true
    }
    var length = Self.pieceSize
    while true {
      let bytes = try read(length)
      if let last = Self.lastLineEnd(of: bytes) {
        var piece = Piece(bytes: Array(bytes[...last]), end: offset + Int64(last) + 1)
        piece.skippedLine = skippedLine
        return piece
      }
      if bytes.count < length {
        exhaustedSize = size
        guard isLast, !bytes.isEmpty else { return nil }
        var piece = Piece(bytes: bytes, end: offset + Int64(bytes.count))
        piece.skippedLine = skippedLine
        return piece
      }
      guard length < Self.longestLine else {
        isInLongLine = true
        offset += Int64(length)
        mark = []
        return try next(isLast: isLast)
      }
      length *= 2
    }
  }

  /// Goes behind the end of a line that is too long; false if that has not come yet.
  private func skipLongLine(to size: Int64) throws(ProgramError) -> Bool {
    while true {
      let bytes = try read(Self.pieceSize)
      if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
        offset += Int64(end) + 1
        isInLongLine = false
        return true
      }
      offset += Int64(bytes.count)
      if bytes.count < Self.pieceSize {
        exhaustedSize = size
        return false
      }
    }
  }

  /// Notes that a piece is recorded.
  func advance(behind piece: Piece) {
    (recorded, offset) = (piece.end, piece.end)
    mark = Array(piece.bytes.suffix(Self.markSize))
  }

  /// Goes on where another process, which reads the file too, has got to.
  func jump(to recorded: Int64) {
    (self.recorded, offset) = (recorded, recorded)
    (exhaustedSize, isInLongLine, mark) = (-1, false, [])
  }

  /// The number of lines before a place.
  func lines(before place: Int64) -> Int {
    var (count, start): (Int, Int64) = (0, 0)
    while start < place, let bytes = try? read(Self.pieceSize, at: start), !bytes.isEmpty {
      count += bytes.prefix(Int(place - start)).count { $0 == UInt8(ascii: "\n") }
      start += Int64(bytes.count)
    }
    return count
  }

  private func read(_ length: Int, at place: Int64? = nil) throws(ProgramError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: length)
    var done = 0
    while done < length {
      let (count, code) = bytes.withUnsafeMutableBytes { buffer in
        (
          pread(
            descriptor, buffer.baseAddress?.advanced(by: done), length - done,
            off_t(place ?? offset) + off_t(done)), errno
        )
      }
      if count < 0, code == EINTR { continue }
      guard count >= 0 else {
        throw .inputOutput(path: source, detail: String(cString: strerror(code)))
      }
      guard count > 0 else { break }
      done += count
    }
    bytes.removeLast(length - done)
    return bytes
  }

  private static func lastLineEnd(of bytes: [UInt8]) -> Int? {
    bytes.lastIndex(of: UInt8(ascii: "\n"))
  }
}
