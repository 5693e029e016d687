internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The times that records have.
enum Clock {
  /// Milliseconds since 1970, UTC; set forth and back by whoever sets the host's clock.
  static var milliseconds: Int64 { Int64((Date().timeIntervalSince1970 * 1000).rounded()) }

  /// Milliseconds since the host was booted, its sleep included; nobody sets it.
  static var uptimeMilliseconds: Int64 {
    var time = timespec()
    #if os(Linux)
      clock_gettime(CLOCK_BOOTTIME, &time)
    #else
      clock_gettime(CLOCK_MONOTONIC, &time)
    #endif
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
