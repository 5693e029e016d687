import Bytes
import Foundation

/// Gets by with a limit on the address space (`ulimit -v`, or what a cluster's scheduler sets).
///
/// OpenBLAS waits for ever, at full load, for memory that such a limit refuses: for 128 MB in each
/// thread that multiplies.
enum AddressSpace {
  /// What a thread needs: a buffer of OpenBLAS and an arena of malloc, in bytes.
  private static let bytesPerThread = 192 << 20
  /// What the work needs beside, such as the images, in bytes.
  private static let bytesInAll = 300 << 20

  private static var isLimited: Bool {
    var limit = rlimit()
    #if os(Linux)
      let kind = __rlimit_resource_t(RLIMIT_AS.rawValue)
    #else
      let kind = RLIMIT_AS
    #endif
    return getrlimit(kind, &limit) == 0 && limit.rlim_cur != rlim_t.max
  }

  /// How many of some threads there is memory for.
  ///
  /// - Throws: `Shortage` if there is not enough for one.
  static func threads(atMost wanted: Int) throws(Shortage) -> Int {
    guard isLimited else { return wanted }
    for threads in stride(from: wanted, to: 0, by: -1) where canReserve(bytes(for: threads)) {
      return threads
    }
    throw .memory(bytes: bytes(for: 1))
  }

  private static func bytes(for threads: Int) -> Int { bytesInAll + threads * bytesPerThread }

  private static func canReserve(_ bytes: Int) -> Bool {
    let flags = MAP_PRIVATE | MAP_ANON | MAP_NORESERVE
    guard let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED
    else { return false }
    munmap(start, bytes)
    return true
  }
}
