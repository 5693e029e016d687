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
  ///   - limit: The largest size in bytes; nil for half of the free memory.
  ///   - isCancelled: Returns true to stop; called several times a second.
  /// - Returns: The content.
  /// - Throws: ``WholeFileError``.
  package static func read(
    _ path: String, limit: Int? = nil, isCancelled: () -> Bool = { false }
  ) throws(WholeFileError) -> [UInt8] {
    // Without O_NONBLOCK the opening of a named pipe waits for a writer and for nothing else.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(code: errno) }
    let size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : 0
    let limit = limit ?? AvailableMemory.bytes / 2
    guard size <= limit else { throw .tooLarge(limit: limit) }
    var content: [UInt8] = []
    content.reserveCapacity(size)
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      guard !isCancelled() else { throw .cancelled }
      var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&watched, 1, 100) > 0 else { continue }
      let count = Self.read(descriptor, into: &buffer)
      if count == 0 { return content }
      if count < 0 {
        guard errno == EINTR || errno == EAGAIN else { throw .system(code: errno) }
        continue
      }
      guard count <= limit - content.count else { throw .tooLarge(limit: limit) }
      content.append(contentsOf: buffer[..<count])
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
