import CKernels
import Foundation
import Tensor
import Testing

/// The kernels of Carlini and Wagner's attacks, each variant held against plain Swift in 64 bits.
@Suite struct TanhKernelTests {
  static let names = KernelVariantTests.names
  /// Whole vectors, and some elements more.
  static let count = 83

  /// Memory for these elements and nothing behind them.
  private static func room(_ elements: [Float]) -> UnsafeMutablePointer<Float> {
    let base = UnsafeMutablePointer<Float>.allocate(capacity: elements.count)
    base.initialize(from: elements, count: elements.count)
    return base
  }

  private static func random(_ bound: Float, pass: UInt32) -> [Float] {
    RandomStream(seed: 8, stream: 0).uniform(count: count, bound: bound, pass: pass)
  }

  private static let variables = random(9, pass: 0) + [-60, 60, 0]
  private static let clean = random(1, pass: 1).map { abs($0) } + [0, 1, 0.5]

  private static func image(_ w: Double) -> Double { 1 / (1 + exp(-2 * w)) }

  @Test(
    "images are (tanh(w) + 1) / 2, precise near black, and their distance is summed",
    arguments: names)
  func images(name: String) throws {
    let tanhImage = try #require(kernels_variant_named(name)?.pointee.tanh_image)
    let (w, clean) = (Self.variables, Self.clean)
    let x = Self.room([Float](repeating: .nan, count: w.count))
    defer { x.deallocate() }
    let squares = tanhImage(w, clean, Int64(w.count), x)
    var expected = 0.0
    for index in w.indices {
      let value = Self.image(max(-40, min(40, Double(w[index]))))
      #expect(abs(Double(x[index]) - value) <= 3e-7 * value)
      #expect(x[index] >= 0 && x[index] <= 1)
      expected += (value - Double(clean[index])) * (value - Double(clean[index]))
    }
    #expect(abs(squares - expected) < 1e-5 * expected)
  }

  @Test(
    "a step goes down the gradient of the distance and the loss by central differences",
    arguments: names)
  func descent(name: String) throws {
    let variant = try #require(kernels_variant_named(name)).pointee
    let (tanhImage, distanceSlope, tanhDescent) = try (
      #require(variant.tanh_image), #require(variant.distance_slope),
      #require(variant.tanh_descent)
    )
    let (start, clean) = (Array(Self.variables.prefix(Self.count)), Self.clean)
    let (weights, constant, size) = (Self.random(1, pass: 2), 0.7, Int64(Self.count))
    let w = Self.room(start)
    let (first, second) = (
      Self.room([Float](repeating: 0, count: Self.count)),
      Self.room([Float](repeating: 0, count: Self.count))
    )
    let (x, slope) = (Self.room(start), Self.room(start))
    defer { for memory in [w, first, second, x, slope] { memory.deallocate() } }
    _ = tanhImage(w, clean, size, x)
    distanceSlope(x, clean, weights, Float(constant), size, slope)
    tanhDescent(w, first, second, slope, size, 0.25)
    func loss(_ w: Double, _ index: Int) -> Double {
      let difference = Self.image(w) - Double(clean[index])
      return difference * difference + constant * Double(weights[index]) * Self.image(w)
    }
    for index in 0..<Self.count {
      let value = Double(start[index])
      let gradient = (loss(value + 1e-4, index) - loss(value - 1e-4, index)) / 2e-4
      let tolerance = 1e-5 * abs(gradient) + 1e-8 + 2e-7 * exp(-2 * abs(value))
      #expect(abs(Double(first[index]) - 0.1 * gradient) < tolerance)
      let root = Double(second[index]).squareRoot()
      #expect(abs(root - 0.001.squareRoot() * abs(gradient)) < tolerance)
      let moved = value - 0.25 * Double(first[index]) / (root + 1e-8)
      #expect(abs(Double(w[index]) - moved) < 1e-5)
    }
  }

  @Test("moments decay from step to step", arguments: names)
  func moments(name: String) throws {
    let tanhDescent = try #require(kernels_variant_named(name)?.pointee.tanh_descent)
    let (w, first, second) = (Self.room([0]), Self.room([0.5]), Self.room([0.25]))
    defer { for memory in [w, first, second] { memory.deallocate() } }
    // The image's derivative at 0 is a half.
    tanhDescent(w, first, second, [4], 1, 0.1)
    #expect(abs(first[0] - (0.45 + 0.2)) < 1e-6)
    #expect(abs(second[0] - (0.24975 + 0.004)) < 1e-6)
    #expect(abs(w[0] + 0.1 * first[0] / second[0].squareRoot()) < 1e-6)
  }

  @Test("what is beyond the bound is summed, and its sign joins the slope", arguments: names)
  func excess(name: String) throws {
    let excessSlope = try #require(kernels_variant_named(name)?.pointee.excess_slope)
    let x = Self.random(1, pass: 3).map { abs($0) }
    let (clean, gradient) = (Array(Self.clean.prefix(Self.count)), Self.random(1, pass: 4))
    let slope = Self.room([Float](repeating: .nan, count: Self.count))
    defer { slope.deallocate() }
    let excess = excessSlope(x, clean, gradient, 0.5, 0.25, Int64(Self.count), slope)
    var expected = 0.0
    for index in 0..<Self.count {
      let difference = x[index] - clean[index]
      let sign: Float = abs(difference) > 0.25 ? (difference > 0 ? 1 : -1) : 0
      expected += Double(max(0, abs(difference) - 0.25))
      #expect(abs(slope[index] - (sign + 0.5 * gradient[index])) < 1e-6)
    }
    #expect(abs(excess - expected) < 1e-4)
  }
}
