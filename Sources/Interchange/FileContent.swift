internal import Bytes

/// The content of a file, read in parts from a disk or held in memory if it comes from a pipe.
public struct FileContent: Sendable {
  private enum Storage {
    case held([UInt8])
    case onDisk(FileOnDisk)
  }

  private let storage: Storage
  /// The name that messages show for the file.
  public let name: String

  /// Wraps bytes that are already in memory.
  public init(_ bytes: [UInt8], name: String) {
    storage = .held(bytes)
    self.name = name
  }

  /// Opens a file on a disk, or reads a pipe to its end.
  ///
  /// - Parameters:
  ///   - path: The file; `-` stands for standard input.
  ///   - isCancelled: Returns true to stop. The reader calls it several times a second.
  /// - Throws: The errors of ``InputFile/read(_:isCancelled:)``.
  public init(
    opening path: String, isCancelled: () -> Bool = { false }
  ) throws(InterchangeError) {
    name = InputFile.name(path)
    let path = InputFile.place(path)
    do {
      if let file = try FileOnDisk(path) {
        storage = .onDisk(file)
        return
      }
    } catch {
      throw InputFile.failure(error, of: path)
    }
    storage = .held(try InputFile.read(path, isCancelled: isCancelled))
  }

  /// The size of the file in bytes.
  public var count: Int {
    switch storage {
    case .held(let bytes): bytes.count
    case .onDisk(let file): file.count
    }
  }

  /// Reads the bytes of a range, counted from the beginning of the file.
  ///
  /// - Precondition: The range lies within the file.
  /// - Throws: ``InterchangeError/unreadable(file:detail:)``.
  public func bytes(_ range: Range<Int>) throws(InterchangeError) -> [UInt8] {
    precondition(range.upperBound <= count, "\(range) of \(count) bytes")
    switch storage {
    case .held(let bytes): return Array(bytes[range])
    case .onDisk(let file):
      let bytes: [UInt8]
      do {
        bytes = try file.bytes(range)
      } catch {
        throw InputFile.failure(error, of: name)
      }
      guard bytes.count == range.count else {
        throw .unreadable(file: name, detail: "it became shorter while it was read")
      }
      return bytes
    }
  }

  /// Reads the whole file into memory.
  ///
  /// - Throws: ``InterchangeError/unsupported(file:feature:)`` if the file exceeds half of the free
  ///   memory, ``InterchangeError/unreadable(file:detail:)``.
  public func all() throws(InterchangeError) -> [UInt8] {
    if case .held(let bytes) = storage { return bytes }
    let limit = AvailableMemory.bytes / 2
    guard count <= limit else { throw .unsupported(file: name, feature: .fileSize(limit: limit)) }
    return try bytes(0..<count)
  }
}

/// Bytes that are read from the first to the last.
protocol ByteReader: AnyObject {
  /// How many bytes are left.
  var remaining: Int { get }

  /// The next bytes.
  ///
  /// - Precondition: There are as many left.
  /// - Throws: ``InterchangeError``; who reads the last byte also learns whether all were right.
  func read(_ count: Int, isCancelled: () -> Bool) throws(InterchangeError) -> [UInt8]
}

/// Reads a part of a file as it is.
final class ContentReader: ByteReader {
  private let content: FileContent
  private var rest: Range<Int>

  /// How many bytes are read before somebody is asked whether to stop.
  private static let piece = 1 << 24

  /// Begins a part of a file.
  init(_ content: FileContent, _ range: Range<Int>) {
    self.content = content
    rest = range
  }

  var remaining: Int { rest.count }

  func read(_ count: Int, isCancelled: () -> Bool) throws(InterchangeError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      guard !isCancelled() else { throw .cancelled }
      let end = rest.lowerBound + min(Self.piece, count - bytes.count)
      let piece = try content.bytes(rest.lowerBound..<end)
      rest = end..<rest.upperBound
      if piece.count == count { return piece }
      if bytes.isEmpty { bytes.reserveCapacity(count) }
      bytes += piece
    }
    return bytes
  }
}
