import Classifier
import Detection
import Tensor
import Testing

/// How gradients come back through transforms.
@Suite struct PullBackTests {
  static let shape = ImageShape(height: 28, width: 26, channels: 3)

  private func make(_ name: String) throws -> any Transform {
    try TransformSpecification(name).make(TransformSetting(shape: Self.shape, seed: 3))
  }

  /// Numbers in a range that leaves room before anything is clipped.
  private func numbers(_ seed: UInt64, _ range: ClosedRange<Float>) -> [Float] {
    RandomStream(seed: seed, stream: 0).uniform(count: Self.shape.count, bound: 0.5, pass: 0).map {
      range.lowerBound + ($0 + 0.5) * (range.upperBound - range.lowerBound)
    }
  }

  private func write(_ transform: any Transform, _ image: [Float], copy: Int) -> [Double] {
    [Float](unsafeUninitializedCapacity: image.count) { result, count in
      guard let base = result.baseAddress else { return }
      transform.write(image, index: 7, copy: copy, into: base)
      count = image.count
    }.map(Double.init)
  }

  private func pullBack(_ transform: any Transform, _ gradient: [Float], copy: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: gradient.count) { result, count in
      guard let base = result.baseAddress else { return }
      transform.pullBack(gradient, count: gradient.count, index: 7, copy: copy, into: base)
      count = gradient.count
    }
  }

  @Test(
    "linear transforms take gradients back by their transpose",
    arguments: [
      "crop_24_1_2", "five_crops_20", "ten_crops_22_26", "random_crops_20_3", "shift_2_-3",
      "rotation_10", "blur_1", "resampling_14", "contrast_0.7", "brightness_0.1",
      "five_crops_24+blur_0.5+shift_1_1", "random_crops_24_2+rotation_5",
    ])
  func transposes(name: String) throws {
    let transform = try make(name)
    let (image, other) = (numbers(1, 0.3...0.6), numbers(2, 0.3...0.6))
    let gradient = numbers(4, -1...1)
    let copies = transform.isRandom ? 2 * transform.copies : transform.copies
    for copy in 0..<copies {
      // What is affine has the same difference of two images as its linear part.
      let moved = zip(
        write(transform, image, copy: copy), write(transform, other, copy: copy)
      ).map { $0 - $1 }
      let forwards = zip(moved, gradient).reduce(0) { $0 + $1.0 * Double($1.1) }
      let difference = zip(image, other).map { Double($0) - Double($1) }
      let backwards = zip(difference, pullBack(transform, gradient, copy: copy)).reduce(0) {
        $0 + $1.0 * Double($1.1)
      }
      #expect(abs(forwards - backwards) < 1e-3, "copy \(copy)")
    }
  }

  @Test(
    "where there is no useful gradient, it comes back as it is",
    arguments: ["jpeg_75", "bit_depth_3", "binarisation_0.5", "median_2", "noise_0.1", "otsu"])
  func straightThrough(name: String) throws {
    let gradient = numbers(4, -1...1)
    #expect(try pullBack(make(name), gradient, copy: 0) == gradient)
  }

  @Test("what draws has copies without end, each a draw of its own, and what does not has its own")
  func draws() throws {
    let image = numbers(1, 0...1)
    for name in ["noise_0.1", "random_crops_20_3", "total_variation"] {
      let transform = try make(name)
      #expect(transform.isRandom)
      let copies = (0..<4 * transform.copies).map { write(transform, image, copy: $0) }
      #expect(Set(copies).count > copies.count / 2, "\(name)")
    }
    for name in ["five_crops_24", "jpeg_75", "total_variation_0.03_0"] {
      #expect(try !make(name).isRandom, "\(name)")
    }
    // A chain draws anew what is random, and goes through the copies of the rest.
    let chain = try make("five_crops_24+noise_0.1")
    let crops = try make("five_crops_24")
    #expect(chain.isRandom && chain.copies == 5)
    for copy in 0..<10 {
      let noisy = write(chain, image, copy: copy)
      let distances = (0..<5).map { crop in
        zip(noisy, write(crops, image, copy: crop)).reduce(0) { $0 + abs($1.0 - $1.1) }
      }
      #expect(distances.firstIndex(of: distances.min() ?? 0) == copy % 5)
    }
    #expect(write(chain, image, copy: 0) != write(chain, image, copy: 5))
  }
}
