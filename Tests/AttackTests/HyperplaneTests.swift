import Attack
import Tensor
import Testing

@Suite struct HyperplaneTests {
  /// Random images, some elements of them at 0 or 1, and weights, some of them 0.
  static func example(_ number: Int, count: Int = 40) -> (image: [Float], weights: [Float]) {
    let stream = RandomStream(seed: 9, stream: 0)
    let image = stream.uniform(count: count, bound: 1, pass: UInt32(2 * number))
    let weights = stream.uniform(count: count, bound: 2, pass: UInt32(2 * number + 1))
    return (
      image.map { min(max(0.5 + $0, 0), 1) },
      weights.enumerated().map { $0 % 9 == 0 ? 0 : $1 }
    )
  }

  static func product(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  static func change(
    from image: [Float], weights: [Float], gap: Double, norm: Ball.Norm
  ) -> [Float] {
    var change = image
    Hyperplane.approach(
      from: image, weights: weights, count: image.count, gap: gap, norm: norm, into: &change)
    return change
  }

  /// The change of a given strength, as the conditions of the optimum have it.
  static func clipped(
    _ image: [Float], weights: [Float], strength: Double, norm: Ball.Norm
  ) -> [Float] {
    zip(image, weights).map { value, weight in
      guard weight != 0 else { return 0 }
      let step = norm == .linf ? (weight > 0 ? strength : -strength) : strength * Double(weight)
      return Float(min(max(step, -Double(value)), 1 - Double(value)))
    }
  }

  @Test(
    "the change reaches the plane, stays in 0 to 1 and is the smallest",
    arguments: Ball.Norm.allCases)
  func smallest(norm: Ball.Norm) {
    for number in 0..<60 {
      let (image, weights) = Self.example(number)
      let gap = Double(number - 30) / 10
      let change = Self.change(from: image, weights: weights, gap: gap, norm: norm)
      #expect(zip(image, change).allSatisfy { -1e-6...1.000_001 ~= $0 + $1 })
      #expect(abs(Self.product(weights, change) - gap) < 1e-4)
      // The same by bisection of the strength.
      var (low, high) = (-1000.0, 1000.0)
      for _ in 0..<200 {
        let middle = (low + high) / 2
        let reached = Self.product(
          weights, Self.clipped(image, weights: weights, strength: middle, norm: norm))
        if reached < gap { low = middle } else { high = middle }
      }
      let expected = Self.clipped(image, weights: weights, strength: low, norm: norm)
      let length = norm.length(expected, count: expected.count)
      #expect(abs(norm.length(change, count: change.count) - length) < 1e-4 * (1 + length))
    }
  }

  @Test(
    "a plane out of reach is approached as far as 0 to 1 allows",
    arguments: Ball.Norm.allCases)
  func outOfReach(norm: Ball.Norm) {
    let (image, weights) = Self.example(3)
    let change = Self.change(from: image, weights: weights, gap: 1e6, norm: norm)
    for (value, (weight, moved)) in zip(image, zip(weights, change)) {
      #expect(moved == (weight == 0 ? 0 : (weight > 0 ? 1 - value : -value)))
    }
  }
}
