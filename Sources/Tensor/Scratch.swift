/// Memory of a fixed size that a worker uses again and again instead of allocating in its loops.
///
/// Not initialised: read only what was written before. Aligned to 64 bytes, a cache line. A scratch
/// belongs to one worker at a time; it is not safe to share.
public final class Scratch<Element: BitwiseCopyable> {
  /// The first element.
  public let base: UnsafeMutablePointer<Element>

  /// How many elements there is room for.
  public let count: Int

  /// Takes room for `count` elements.
  public init(_ count: Int) {
    self.count = count
    let bytes = max(1, count) * MemoryLayout<Element>.stride
    base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      .bindMemory(to: Element.self, capacity: count)
  }

  deinit {
    UnsafeMutableRawPointer(base).deallocate()
  }
}
