public import Classifier
public import Tensor

/// Gaussian noise on every pixel, clipped to 0...1, as strong as an attack on average.
///
/// Feinman, Curtin, Shintre, Gardner: Detecting Adversarial Samples from Artifacts (2017), whose
/// noisy images must not be taken for adversarial ones. Their scales hold for their networks; here
/// the scale is solved for.
public struct MatchedNoise: Sendable {
  private let images: LabeledImages
  private let seed: UInt64

  /// Prepares the noise of images.
  public init(of images: LabeledImages, seed: UInt64) {
    self.images = images
    self.seed = seed
  }

  /// Writes a noisy image.
  ///
  /// - Parameters:
  ///   - index: The image, whose noise is the same for every scale up to that.
  ///   - scale: The standard deviation of the noise before clipping, in units of 0...1.
  ///   - result: Room for the image.
  public func write(_ index: Int, scale: Float, into result: UnsafeMutablePointer<Float>) {
    let size = images.shape.count
    let noise = Scratch<Float>(size)
    draw(index, into: noise.base)
    images.copyPixels(of: index, into: result)
    for pixel in 0..<size {
      result[pixel] = min(max(result[pixel] + scale * noise.base[pixel], 0), 1)
    }
  }

  private func draw(_ index: Int, into noise: UnsafeMutablePointer<Float>) {
    RandomStream(seed: seed, stream: RandomPurpose.noise << 8).fillNormal(
      noise, count: images.shape.count, image: UInt32(index), pass: 0)
  }

  /// Finds the scale at which the mean Euclidean distance to the clean images has a value, by
  /// bisection to a millionth of the scale.
  ///
  /// - Parameters:
  ///   - distance: The mean distance to reach, at least 0 and below what full noise gives.
  ///   - indices: The images.
  ///   - parallelism: The threads to use.
  ///   - isCancelled: Ends the search.
  /// - Returns: The scale; nil if cancelled, or if no noise reaches the distance.
  public func scale(
    reaching distance: Double, on indices: [Int], parallelism: Parallelism,
    isCancelled: () -> Bool
  ) -> Double? {
    guard distance > 0, !indices.isEmpty else { return 0 }
    let size = images.shape.count
    let clean = Scratch<Float>(indices.count * size)
    let noise = Scratch<Float>(indices.count * size)
    parallelism.forEachShard(indices.count) { row, _ in
      images.copyPixels(of: indices[row], into: clean.base + row * size)
      draw(indices[row], into: noise.base + row * size)
    }
    func mean(_ scale: Double) -> Double {
      meanDistance(
        clean, noise, count: indices.count, scale: Float(scale), parallelism: parallelism)
    }
    // Clipping only shortens, so that the scale without it is a lower end.
    var low = distance / Double(size).squareRoot()
    var high = 2 * low
    while mean(high) < distance {
      guard high < 1000, !isCancelled() else { return nil }
      (low, high) = (high, 2 * high)
    }
    while high - low > 1e-6 * high {
      guard !isCancelled() else { return nil }
      let middle = (low + high) / 2
      if mean(middle) < distance { low = middle } else { high = middle }
    }
    return Double(Float((low + high) / 2))
  }

  /// The mean distance of clipped noisy images from the clean ones.
  private func meanDistance(
    _ clean: Scratch<Float>, _ noise: Scratch<Float>, count: Int, scale: Float,
    parallelism: Parallelism
  ) -> Double {
    let size = images.shape.count
    let distances = Scratch<Double>(count)
    parallelism.forEachShard(count) { row, _ in
      let (clean, noise) = (clean.base + row * size, noise.base + row * size)
      var squares: Float = 0
      for pixel in 0..<size {
        let moved = min(max(clean[pixel] + scale * noise[pixel], 0), 1) - clean[pixel]
        squares += moved * moved
      }
      distances.base[row] = Double(squares).squareRoot()
    }
    return (0..<count).reduce(0) { $0 + distances.base[$1] } / Double(count)
  }
}
