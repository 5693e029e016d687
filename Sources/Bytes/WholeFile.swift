#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Why reading a file fails.
package enum WholeFileError: Error, Equatable, Sendable {
  /// The system's number of the error.
  case system(code: Int32)
  /// The file is larger than the limit.
  case tooLarge(limit: Int)
  /// The caller asked to stop.
  case cancelled

  /// The system's message for an error number, in lower case.
  package static func words(for code: Int32) -> String {
    let words = String(cString: strerror(code))
    return words.prefix(1).lowercased() + words.dropFirst()
  }
}

/// Reads whole files: on disk, from pipes, devices and standard input.
package enum WholeFile {
  /// The content of a file.
  ///
  /// - Parameters:
  ///   - path: The file; a pipe is read until its writers are done.
  ///   - limit: The largest size in bytes; nil for a part of the free memory.
  ///   - part: Which part that is: 2 for a half. Of what has no size yet, such as a pipe, it is a
  ///     third at most, since its pieces are still there when they are joined.
  ///   - isCancelled: Returns true to stop; called several times a second.
  /// - Returns: The content.
  /// - Throws: ``WholeFileError``.
  package static func read(
    _ path: String, limit: Int? = nil, part: Int = 2, isCancelled: () -> Bool = { false }
  ) throws(WholeFileError) -> [UInt8] {
    // Without O_NONBLOCK the opening of a named pipe waits for a writer and for nothing else.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(code: errno) }
    let size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : 0
    let limit = limit ?? AvailableMemory.bytes / (size > 0 ? part : max(part, 3))
    guard size <= limit else { throw .tooLarge(limit: limit) }
    var content = Pieces(expecting: size)
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      guard !isCancelled() else { throw .cancelled }
      var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&watched, 1, 100) > 0 else { continue }
      let count = Self.read(descriptor, into: &buffer)
      if count == 0 { return content.joined }
      if count < 0 {
        guard errno == EINTR || errno == EAGAIN else { throw .system(code: errno) }
        continue
      }
      guard count <= limit - content.count else { throw .tooLarge(limit: limit) }
      content.append(buffer[..<count])
    }
  }

  private static func read(_ descriptor: Int32, into buffer: inout [UInt8]) -> Int {
    #if canImport(Glibc)
      Glibc.read(descriptor, &buffer, buffer.count)
    #else
      Darwin.read(descriptor, &buffer, buffer.count)
    #endif
  }
}

/// Bytes whose number is not known before they have all come.
///
/// One array for them would be copied to twice its size again and again, and would take three times
/// its size meanwhile.
private struct Pieces {
  private var full: [[UInt8]] = []
  private var last: [UInt8] = []
  private(set) var count = 0
  private let pieceSize: Int

  /// The size of a piece, in bytes, unless more is expected.
  private static let usualSize = 4 << 20

  init(expecting count: Int) {
    pieceSize = max(count, Self.usualSize)
    last.reserveCapacity(count)
  }

  mutating func append(_ bytes: ArraySlice<UInt8>) {
    if last.count + bytes.count > pieceSize {
      full.append(last)
      last = []
    }
    last.append(contentsOf: bytes)
    count += bytes.count
  }

  /// All of them in one array.
  var joined: [UInt8] {
    guard !full.isEmpty else { return last }
    var all: [UInt8] = []
    all.reserveCapacity(count)
    for piece in full { all.append(contentsOf: piece) }
    all.append(contentsOf: last)
    return all
  }
}
