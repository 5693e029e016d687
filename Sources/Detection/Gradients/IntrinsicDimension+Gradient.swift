internal import Tensor

extension PreparedIntrinsicDimension: DifferentiableMeasure, FeaturePart {
  var parts: [ScorePart] { [.features(self)] }
  var layer: String { training.layer }

  /// The dimensionality around each image, whose derivative is taken with its neighbours held fixed.
  ///
  /// Of k / s with s the sum of ln(r_k / r_i) it is -k / s^2 times the sum of
  /// (f - n_k) / r_k^2 - (f - n_i) / r_i^2. Where the estimate is at its limit, the derivative is 0.
  func values(
    of features: UnsafePointer<Float>, classes: [Int], gradient: UnsafeMutablePointer<Float>
  ) -> [Double] {
    let width = training.width
    let queries = Scratch<Float>(Self.rowsPerBlock * width)
    queries.base.update(repeating: 0, count: Self.rowsPerBlock * width)
    var result: [Double] = []
    for first in stride(from: 0, to: classes.count, by: Self.rowsPerBlock) {
      let count = min(Self.rowsPerBlock, classes.count - first)
      for element in 0..<count * width {
        queries.base[element] =
          features[first * width + element] - training.mean[element % width]
      }
      let neighbourhoods = neighbourhoods(of: queries.base, count: count)
      for (row, nearest) in neighbourhoods.enumerated() {
        let value = dimension(nearest.map(\.square))
        result.append(value)
        writeDerivative(
          of: value, at: queries.base + row * width, nearest: nearest,
          into: gradient + (first + row) * width)
      }
    }
    return result
  }

  private func writeDerivative(
    of value: Double, at query: UnsafePointer<Float>, nearest: [(image: Int, square: Double)],
    into gradient: UnsafeMutablePointer<Float>
  ) {
    let width = training.width
    gradient.update(repeating: 0, count: width)
    guard let farthest = nearest.last, value < Double(width) else { return }
    let scale = value * value / Double(nearest.count)
    func add(_ image: Int, _ factor: Double) {
      for column in 0..<width {
        gradient[column] += Float(factor) * (query[column] - sample[image * width + column])
      }
    }
    for neighbour in nearest { add(neighbour.image, scale / neighbour.square) }
    add(farthest.image, -scale * Double(nearest.count) / farthest.square)
  }
}
