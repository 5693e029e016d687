#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What the system's limits leave to this process: found out before work begins that could not end
/// well without it.
package enum ProcessRoom {
  /// Makes sure that the limits leave enough.
  ///
  /// - Parameters:
  ///   - openFiles: How many more files are to be open at a time.
  ///   - threads: How many more threads there are to be at a time.
  ///   - stackBytes: The size of their stacks; nil for the system's usual one.
  ///   - memory: How many bytes of address space they need beside.
  /// - Throws: ``Shortage``.
  package static func check(
    openFiles: Int = 0, threads: Int = 0, stackBytes: Int? = nil, memory: Int = 0
  ) throws(Shortage) {
    guard Self.openFiles(atMost: openFiles) == openFiles else { throw .openFiles }
    var held: [ReadyThread] = []
    for _ in 0..<threads { held.append(try ReadyThread(stackBytes: stackBytes)) }
    let isEnough = canReserve(memory)
    // The memory is beside that of the threads.
    withExtendedLifetime(held) {}
    guard isEnough else { throw .memory(bytes: memory) }
  }

  /// How many more files may be open.
  ///
  /// - Parameter most: It is not counted further.
  /// - Returns: The number, or the most.
  package static func openFiles(atMost most: Int) -> Int {
    guard most > 0 else { return 0 }
    let first = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard first >= 0 else { return 0 }
    var opened = [first]
    defer { for descriptor in opened { close(descriptor) } }
    while opened.count < most {
      let next = fcntl(first, F_DUPFD_CLOEXEC, 0)
      guard next >= 0 else { break }
      opened.append(next)
    }
    return opened.count
  }

  private static func canReserve(_ bytes: Int) -> Bool {
    guard bytes > 0 else { return true }
    let flags = MAP_PRIVATE | MAP_ANON | MAP_NORESERVE
    guard let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED
    else { return false }
    munmap(start, bytes)
    return true
  }
}
