#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What the system's limits keep this process from getting.
package enum Shortage: Error, Equatable, Sendable, CustomStringConvertible {
  /// One more thread; with the system's number of the error.
  case thread(code: Int32)
  /// As many open files as work needs.
  case openFiles
  /// So many bytes of address space.
  case memory(bytes: Int)

  /// One line that says what is short.
  package var description: String {
    switch self {
    case .thread(let code): "no thread can be started: \(String(cString: strerror(code)))"
    case .openFiles: "too few files may be open at a time"
    case .memory(let bytes):
      "memory is short: the work needs \(bytes >> 20) MB of address space more than the limit leaves"
    }
  }
}
