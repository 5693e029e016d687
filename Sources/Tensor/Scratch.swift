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
    base = UnsafeMutableRawPointer.allocate(
      byteCount: capacity * MemoryLayout<Element>.stride, alignment: 64
    ).bindMemory(to: Element.self, capacity: capacity)
  }

  deinit {
    UnsafeMutableRawPointer(base).deallocate()
  }
}
