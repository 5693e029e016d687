import Foundation

/// Writes to file descriptors as POSIX has them.
enum Descriptor {
  /// Writes all bytes: over signals, in parts, and waiting where a descriptor does not block.
  ///
  /// - Parameters:
  ///   - bytes: What is written.
  ///   - descriptor: Where it goes.
  ///   - patience: How many milliseconds it is waited for until it takes more; -1 for ever.
  /// - Returns: 0, or the `errno` of the failure.
  static func write(
    _ bytes: some Collection<UInt8>, to descriptor: Int32, patience: Int32 = -1
  ) -> Int32 {
    bytes.withContiguousStorageIfAvailable {
      write(UnsafeRawBufferPointer($0), to: descriptor, patience)
    } ?? write(Array(bytes), to: descriptor, patience: patience)
  }

  private static func write(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ patience: Int32
  ) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var event = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        if poll(&event, 1, patience) == 0 { return EAGAIN }
      case let code: return code
      }
    }
    return 0
  }

  /// Opens descriptors 0 to 2 where the parent has closed them, so that no other file gets their
  /// numbers.
  ///
  /// Reading from a closed input or writing to a closed output fails as before.
  static func openStandardOnes() {
    for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (1, O_RDONLY), (2, O_RDONLY)]
    where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest free number is what open gives.
      _ = open("/dev/null", mode)
    }
  }
}

/// The end of a program whose reader has gone, such as head: quiet, by the signal that says so.
func endForLackOfReaders() -> Never {
  Drafts.removeAll()
  signal(SIGPIPE, SIG_DFL)
  raise(SIGPIPE)
  _exit(141)
}
