internal import Bytes

/// Reads the transaction log of a run of Weights & Biases, run-ID.wandb.
///
/// The log is cut into blocks of 32 KiB as LevelDB's is. A record is whole in one block or in parts in
/// several; each part has a sum, its length and its kind before it.
public struct WandbLogReader {
  private enum Kind: UInt8 {
    case whole = 1
    case first, middle, last
  }

  private let content: FileContent
  private var place = 7
  /// The parts of the record under way; nil between records.
  private var parts: [UInt8]?
  /// What could not be read and was skipped, with its place in the file.
  public private(set) var problems: [InterchangeError] = []

  private static let blockSize = 32768
  private static let headerSize = 7
  /// ":W&B", the number 0xBEE1 and the version.
  private static let start: [UInt8] = Array(":W&B".utf8) + [0xE1, 0xBE]

  /// Opens a log.
  ///
  /// - Throws: ``InterchangeError/unreadable(file:detail:)``, or
  ///   ``InterchangeError/malformed(file:format:problem:)`` if the file is no such log or of another
  ///   version.
  public init(
    opening path: String, isCancelled: () -> Bool = { false }
  ) throws(InterchangeError) {
    content = try FileContent(opening: path, isCancelled: isCancelled)
    let start = try content.bytes(0..<min(content.count, Self.headerSize))
    guard start.starts(with: Self.start), start.count == Self.headerSize else {
      throw .malformed(file: content.name, format: "wandb", problem: "it does not begin as one")
    }
    guard start[6] == 0 else {
      throw .malformed(
        file: content.name, format: "wandb", problem: "its version is \(start[6]), not 0")
    }
  }

  /// The next record; nil at the end, where a record may be unfinished.
  ///
  /// - Throws: ``InterchangeError/unreadable(file:detail:)``.
  public mutating func next() throws(InterchangeError) -> WandbRecord? {
    while let (kind, bytes, start) = try nextPart() {
      let message: [UInt8]
      switch kind {
      case .whole: message = bytes
      case .first:
        parts = bytes
        continue
      case .middle, .last:
        // A part whose beginning was damaged is left out with it.
        guard parts != nil else { continue }
        parts?.append(contentsOf: bytes)
        guard kind == .last, let whole = parts else { continue }
        message = whole
      }
      parts = nil
      do {
        return try WandbMessage.record(message[...])
      } catch {
        report("the record before byte \(start + bytes.count) \(error.problem)")
      }
    }
    return nil
  }

  /// The next part of a record whose sum is right, and its place; nil at the end.
  private mutating func nextPart() throws(InterchangeError) -> (Kind, [UInt8], Int)? {
    while true {
      let left = Self.blockSize - place % Self.blockSize
      if left < Self.headerSize { place += left }
      let start = place
      guard content.count - start >= Self.headerSize else { return nil }
      let header = try content.bytes(start..<start + Self.headerSize)
      guard let sum = header.littleEndian(at: 0, as: UInt32.self),
        let count = header.littleEndian(at: 4, as: UInt16.self)
      else { return nil }
      let end = start + Self.headerSize + Int(count)
      let blockEnd = (start / Self.blockSize + 1) * Self.blockSize
      guard end <= content.count else { return nil }
      if end <= blockEnd {
        let bytes = try content.bytes(start + Self.headerSize..<end)
        let isSound = CRC32.sum(bytes[...], after: CRC32.sum([header[6]])) == sum
        if isSound, let kind = Kind(rawValue: header[6]) {
          place = end
          return (kind, bytes, start)
        }
      }
      // What follows in the block cannot be found; the next one begins anew.
      report("the part at byte \(start) is damaged")
      parts = nil
      place = blockEnd
    }
  }

  private mutating func report(_ problem: String) {
    problems.append(.malformed(file: content.name, format: "wandb", problem: problem))
  }
}
