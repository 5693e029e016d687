internal import Bytes

/// Reads an event file of TensorBoard while another program may still append to it.
///
/// The reader holds no file open between two calls and reads a few megabytes at a time. Keep
/// ``offset`` and begin there again to read what has come since.
///
/// An event file is a sequence of TFRecords: the length in eight bytes, a sum over these, the
/// message, a sum over that. A record at the end that is not whole, or whose sum is not right yet,
/// is left for the next time.
public struct EventFileReader: Sendable {
  /// What one call found.
  public struct Batch: Sendable {
    /// What the file says, in order.
    public fileprivate(set) var items: [EventItem] = []
    /// What could not be read and was skipped, with its place in the file.
    public fileprivate(set) var problems: [InterchangeError] = []
    /// Whether nothing more is to be read until the file grows.
    public fileprivate(set) var isAtEnd = false
  }

  /// The file.
  public let path: String
  /// How many bytes of the file are done with: they were read, or cannot be.
  public private(set) var offset: Int
  /// The file's size when the last call had read all that it could.
  private var seenSize: Int?
  /// The place of the damage that was told of last.
  private var reportedDamage: Int?
  private var messages = EventMessage()

  private static let window = 1 << 22
  private static let headerSize = 12
  /// The bytes of a record beside its message.
  private static let frameSize = 16
  /// A longer record holds no scalars and is not looked at.
  private static let largestMessage = 1 << 26

  /// Creates a reader that begins at an offset which an earlier reader of the file left.
  public init(path: String, offset: Int = 0) {
    self.path = path
    self.offset = offset
  }

  /// Reads the next part of the file.
  ///
  /// - Returns: What it says. Call again until ``Batch/isAtEnd``.
  /// - Throws: ``InterchangeError/unreadable(file:detail:)`` if the file is gone or became shorter.
  public mutating func read() throws(InterchangeError) -> Batch {
    let file = try open()
    var batch = Batch()
    guard file.count != seenSize, file.count > offset else {
      batch.isAtEnd = true
      return batch
    }
    var size = Self.window
    while true {
      let end = min(file.count, offset + size)
      let bytes = try read(file, offset..<end)
      let (done, wanted) = parse(bytes, endsFile: end == file.count, size: file.count, &batch)
      offset += done
      guard wanted <= file.count - offset else {
        seenSize = file.count
        batch.isAtEnd = true
        return batch
      }
      if done > 0 { return batch }
      size = wanted
    }
  }

  private func open() throws(InterchangeError) -> FileOnDisk {
    let file: FileOnDisk?
    do {
      file = try FileOnDisk(path)
    } catch {
      throw InputFile.failure(error, of: path)
    }
    guard let file else { throw .unreadable(file: path, detail: "it is not a regular file") }
    guard file.count >= offset else {
      throw .unreadable(file: path, detail: "it became shorter than what was read of it")
    }
    return file
  }

  private func read(
    _ file: FileOnDisk, _ range: Range<Int>
  ) throws(InterchangeError) -> [UInt8] {
    do {
      return try file.bytes(range)
    } catch {
      throw InputFile.failure(error, of: path)
    }
  }

  /// Takes the records of a part of the file that begins at the offset.
  ///
  /// - Returns: How many of its bytes are done with, and how many from there on are needed to go
  ///   on; more than any file has if it has to grow first.
  private mutating func parse(
    _ bytes: [UInt8], endsFile: Bool, size: Int, _ batch: inout Batch
  ) -> (done: Int, wanted: Int) {
    var place = 0
    while true {
      guard bytes.count - place >= Self.headerSize else { return (place, Self.headerSize) }
      guard let length = Self.length(bytes, at: place) else {
        reportDamage(at: offset + place, &batch)
        if let next = Self.nextRecord(bytes, after: place) {
          place = next
          continue
        }
        // What comes after this part may be sound; what ends the file may still be written to.
        return endsFile
          ? (place, .max) : (bytes.count - Self.headerSize + 1, Self.headerSize)
      }
      guard length <= size - offset - place - Self.frameSize else { return (place, .max) }
      let frame = length + Self.frameSize
      guard length <= Self.largestMessage else {
        report("the \(length) bytes at \(offset + place) are too long for a record", &batch)
        return (place + frame, Self.headerSize)
      }
      guard bytes.count - place >= frame else { return (place, frame) }
      let body = place + Self.headerSize
      let message = bytes[body..<body + length]
      if CRC32C.masked(message) == bytes.littleEndian(at: body + length, as: UInt32.self) {
        do {
          batch.items += try messages.items(of: message)
        } catch {
          report("the message at byte \(offset + place) \(error.problem)", &batch)
        }
      } else if endsFile, place + frame == bytes.count {
        return (place, .max)
      } else {
        report("the record at byte \(offset + place) is damaged", &batch)
      }
      place += frame
    }
  }

  private func report(_ problem: String, _ batch: inout Batch) {
    batch.problems.append(
      .malformed(file: path, format: "TensorBoard event", problem: problem))
  }

  private mutating func reportDamage(at place: Int, _ batch: inout Batch) {
    guard place != reportedDamage else { return }
    reportedDamage = place
    report("no record begins at byte \(place)", &batch)
  }

  /// The length of the message of the record at a place; nil if no record begins there.
  private static func length(_ bytes: [UInt8], at place: Int) -> Int? {
    guard
      bytes.littleEndian(at: place + 8, as: UInt32.self)
        == CRC32C.masked(bytes[place..<place + 8])
    else { return nil }
    return bytes.littleEndian(at: place, as: UInt64.self).flatMap { Int(exactly: $0) }
  }

  /// The next place at which a record begins; nil if there is none among these bytes.
  private static func nextRecord(_ bytes: [UInt8], after place: Int) -> Int? {
    guard place + 1 + headerSize <= bytes.count else { return nil }
    return (place + 1...bytes.count - headerSize).first { length(bytes, at: $0) != nil }
  }
}
