/// Memory of a fixed size that a worker uses again and again instead of allocating in its loops.
///
/// Not initialised: read only what was written before. Aligned to 64 bytes, a cache line, with room
/// for 64 more elements behind the last, so that kernels may read and write whole vectors there. A
/// scratch belongs to one worker at a time; it is not safe to share.
public final class Scratch<Element: BitwiseCopyable> {
  /// The first element.
  public let base: UnsafeMutablePointer<Element>

  /// How many elements there is room for.
  public let count: Int

  /// Takes room for `count` elements.
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
