#if canImport(Glibc)
  internal import Glibc
#endif

/// Memory of a fixed size that a worker reuses instead of allocating in its loops.
///
/// The memory is uninitialised, so read only what you wrote before. It starts at a multiple of 64
/// bytes, a cache line, and has room for 64 more elements after the last one. Kernels may read and
/// write whole vectors there. A scratch belongs to one worker at a time and is not safe to share.
public final class Scratch<Element: BitwiseCopyable> {
  /// The address of the first element, valid as long as the scratch lives.
  public let base: UnsafeMutablePointer<Element>

  /// The number of elements, without the room after the last one.
  public let count: Int

  /// Allocates uninitialised room for `count` elements.
  public init(_ count: Int) {
    self.count = count
    let capacity = count + 64
    base = Self.memory(byteCount: capacity * MemoryLayout<Element>.stride)
      .bindMemory(to: Element.self, capacity: capacity)
  }

  /// Uninitialised memory; in huge pages where it fills some, since a first layer's outputs touch more
  /// small ones than the processor knows at a time.
  private static func memory(byteCount: Int) -> UnsafeMutableRawPointer {
    let hugePage = 2 << 20
    guard byteCount >= 2 * hugePage else { return .allocate(byteCount: byteCount, alignment: 64) }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: hugePage)
    #if os(Linux)
      // Advice alone: a system without huge pages says no, and small ones serve.
      _ = madvise(memory, byteCount, MADV_HUGEPAGE)
    #endif
    return memory
  }

  deinit {
    UnsafeMutableRawPointer(base).deallocate()
  }
}
