internal import Tensor

extension PreparedMahalanobis: DifferentiableMeasure, FeaturePart {
  var parts: [ScorePart] { [.features(self)] }
  var layer: String { training.layer }

  /// The squared distance of each image to the nearest class mean, whose derivative is that of the
  /// distance to that mean.
  func values(
    of features: UnsafePointer<Float>, classes: [Int], gradient: UnsafeMutablePointer<Float>
  ) -> [Double] {
    let (rows, width) = (classes.count, training.width)
    let positions = width / channels
    var centred = [Float](repeating: 0, count: rows * width)
    for row in 0..<rows {
      for column in 0..<width {
        centred[row * width + column] = features[row * width + column] - training.mean[column]
      }
    }
    let pooled = averagedOverPositions(centred, channels: channels, positions: positions)
    let whitened = Scratch<Float>(rows * channels)
    MatrixProduct.multiply(
      pooled, .plain, whitening, .transposed, into: whitened.base, m: rows, n: channels,
      k: channels)
    let distances = (0..<rows).map { leaveDifference(whitened.base + $0 * channels) }
    // With the difference d = W (f - mean), the derivative of |d|^2 is 2 W' d.
    let slopes = Scratch<Float>(rows * channels)
    MatrixProduct.multiply(
      whitened.base, .plain, whitening, .plain, into: slopes.base, m: rows, n: channels,
      k: channels)
    let share = 2 / Float(positions)
    for row in 0..<rows {
      for column in 0..<width {
        gradient[row * width + column] = share * slopes.base[row * channels + column % channels]
      }
    }
    return distances
  }

  /// Replaces a whitened image by its difference from the nearest class mean.
  ///
  /// - Returns: The squared length of the difference.
  private func leaveDifference(_ image: UnsafeMutablePointer<Float>) -> Double {
    var (nearest, best) = (Double.infinity, 0)
    for first in stride(from: 0, to: means.count, by: channels) {
      var sum = 0.0
      for channel in 0..<channels {
        let difference = Double(image[channel]) - means[first + channel]
        sum += difference * difference
      }
      if sum < nearest { (nearest, best) = (sum, first) }
    }
    for channel in 0..<channels {
      image[channel] = Float(Double(image[channel]) - means[best + channel])
    }
    return nearest
  }
}
