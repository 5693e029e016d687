#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A regular file that is open for reading in any order.
package final class FileOnDisk: Sendable {
  private let descriptor: Int32
  /// How many bytes it had when it was opened.
  package let count: Int

  /// Opens a file; nil if it is a pipe, a device or anything else that is read from its beginning
  /// alone.
  ///
  /// - Throws: ``WholeFileError/system(code:)``.
  package init?(_ path: String) throws(WholeFileError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .system(code: errno) }
    // Whoever writes to a pipe would be cut off by a reader that comes and goes.
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(code: errno) }
    count = Int(lseek(descriptor, 0, SEEK_END))
  }

  deinit { close(descriptor) }

  /// Some bytes; fewer where the file has become shorter.
  ///
  /// - Throws: ``WholeFileError/system(code:)``.
  package func bytes(_ range: Range<Int>) throws(WholeFileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var done = 0
    while done < bytes.count {
      let (count, code) = bytes.withUnsafeMutableBytes { buffer in
        (
          pread(
            descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
            off_t(range.lowerBound + done)), errno
        )
      }
      if count < 0, code == EINTR { continue }
      guard count >= 0 else { throw .system(code: code) }
      guard count > 0 else { return Array(bytes[..<done]) }
      done += count
    }
    return bytes
  }
}
