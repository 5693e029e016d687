internal import CKernels
internal import Foundation
internal import Tensor

extension PreparedKernelDensity: DifferentiableMeasure, FeaturePart {
  var parts: [ScorePart] { [.features(self)] }
  var layer: String { training.layer }

  /// The log density of each image under its class, or the lowest one where that has no images.
  ///
  /// Its derivative is the mean of the training images' features, weighted by their kernels, less the
  /// image's, over the squared bandwidth.
  func values(
    of features: UnsafePointer<Float>, classes: [Int], gradient: UnsafeMutablePointer<Float>
  ) -> [Double] {
    let width = training.width
    let known = training.rows.indices.filter { !training.rows[$0].isEmpty }
    let largest = training.rows.map(\.count).max() ?? 0
    let (query, sum) = (Scratch<Float>(width), Scratch<Float>(width))
    let products = Scratch<Float>(largest)
    var exponents = [Double](repeating: 0, count: largest)
    return classes.enumerated().map { image, predicted in
      for column in 0..<width {
        query.base[column] = features[image * width + column] - training.mean[column]
      }
      let isKnown = predicted < training.rows.count && !training.rows[predicted].isEmpty
      var lowest = Double.infinity
      for label in isKnown ? [predicted] : known {
        let density = weigh(
          query.base, class: label, products: products.base, exponents: &exponents, sum: sum.base)
        guard density < lowest else { continue }
        lowest = density
        let scale = Float(1 / (bandwidth * bandwidth))
        for column in 0..<width {
          gradient[image * width + column] = scale * (sum.base[column] - query.base[column])
        }
      }
      return lowest
    }
  }

  /// The log density of centred features under a class; writes the mean of the training images'
  /// features, weighted by their kernels.
  private func weigh(
    _ query: UnsafePointer<Float>, class label: Int, products: UnsafeMutablePointer<Float>,
    exponents: inout [Double], sum: UnsafeMutablePointer<Float>
  ) -> Double {
    let (rows, width) = (training.rows[label], training.width)
    let count = rows.count
    training.values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      MatrixProduct.multiply(
        query, .plain, base + rows.lowerBound * width, .transposed, into: products, m: 1, n: count,
        k: width)
    }
    let square = squaredLength(query, count: width)
    let scale = 1 / (2 * bandwidth * bandwidth)
    var largest = -Double.infinity
    for row in 0..<count {
      let exponent =
        (2 * Double(products[row]) - squares[rows.lowerBound + row] - square) * scale
      exponents[row] = exponent
      largest = max(largest, exponent)
    }
    for row in 0..<count { exponents[row] -= largest }
    exponents.withUnsafeMutableBufferPointer { exponents in
      guard let base = exponents.baseAddress else { return }
      kernels_exponentials(base, Int64(count), base)
    }
    let total = exponents[..<count].reduce(0, +)
    for row in 0..<count { products[row] = Float(exponents[row] / total) }
    training.values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      MatrixProduct.multiply(
        products, .plain, base + rows.lowerBound * width, .plain, into: sum, m: 1, n: width,
        k: count)
    }
    return largest + log(total) - log(Double(count))
      - Double(width) * (log(bandwidth) + log(2 * Double.pi) / 2)
  }
}
