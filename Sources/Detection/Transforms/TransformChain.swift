/// Transforms one after the other, each of which copies every copy of the one before.
struct TransformChain: Transform {
  let copies: Int
  private let transforms: [any Transform]
  private let size: Int

  init(_ transforms: [any Transform], size: Int) {
    self.transforms = transforms
    self.size = size
    copies = transforms.reduce(1) { $0 * $1.copies }
  }

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: size) { between in
      guard let between = between.baseAddress else { return }
      var divisor = copies
      for (place, transform) in transforms.enumerated() {
        if place > 0 { between.update(from: result, count: size) }
        divisor /= transform.copies
        transform.write(
          place == 0 ? image : UnsafePointer(between), index: index,
          copy: copy / divisor % transform.copies, into: result)
      }
    }
  }
}
