/// Transforms one after the other, each of which copies every copy of the one before.
struct TransformChain: Transform {
  let copies: Int
  let isRandom: Bool
  private let transforms: [any Transform]
  private let size: Int

  init(_ transforms: [any Transform], size: Int) {
    self.transforms = transforms
    self.size = size
    copies = transforms.reduce(1) { $0 * $1.copies }
    isRandom = transforms.contains(where: \.isRandom)
  }

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: size) { between in
      guard let between = between.baseAddress else { return }
      let numbers = numbers(of: copy)
      for (place, transform) in transforms.enumerated() {
        if place > 0 { between.update(from: result, count: size) }
        transform.write(
          place == 0 ? image : UnsafePointer(between), index: index, copy: numbers[place],
          into: result)
      }
    }
  }

  func pullBack(
    _ gradient: UnsafePointer<Float>, count: Int, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { between in
      guard let between = between.baseAddress else { return }
      let numbers = numbers(of: copy)
      between.update(from: gradient, count: count)
      for (transform, number) in zip(transforms, numbers).reversed() {
        transform.pullBack(between, count: count, index: index, copy: number, into: result)
        between.update(from: result, count: count)
      }
    }
  }

  /// Which copy each transform makes for a copy of the chain.
  ///
  /// Numbers beyond ``copies`` draw anew what is random, and nothing else.
  private func numbers(of copy: Int) -> [Int] {
    var divisor = copies
    return transforms.map { transform in
      divisor /= transform.copies
      let draw = transform.isRandom ? copy / copies * transform.copies : 0
      return draw + copy % copies / divisor % transform.copies
    }
  }
}
