internal import CKernels
internal import Foundation
internal import Tensor

/// The penalised loss of a logistic regression, and its minimum.
///
/// The loss is C times the weighted sum of ln(1 + e^(-y z)) plus half the squared weights, where z
/// is the log-odds and y is 1 or -1. The intercept, which comes last, isn't penalised. This is
/// scikit-learn's form.
struct LogisticProblem {
  /// The standardised inputs and a 1, [examples, inputs + 1].
  let design: [Double]
  /// Whether each example is adversarial.
  let targets: [Bool]
  /// How much each example counts.
  let weights: [Double]

  /// The rows whose sums are added up at a time, before the sums themselves are.
  private static let rowsPerShard = 2048
  private static let largestIterationCount = 100

  private var width: Int { targets.isEmpty ? 0 : design.count / targets.count }

  /// The loss at a point, with its derivatives.
  private struct Point {
    var loss = 0.0
    var gradient: [Double]
    /// The lower triangle of the Hessian, [width, width].
    var hessian: [Double]

    init(width: Int) {
      gradient = [Double](repeating: 0, count: width)
      hessian = [Double](repeating: 0, count: width * width)
    }
  }

  /// Finds the minimum by Newton's method with halved steps.
  ///
  /// The last step is the one whose Newton decrement, twice what it gains, is below 1e-9 of the
  /// loss, since the error that it leaves is about the square of the one before. It also ends where
  /// rounding lets no step lower the loss.
  ///
  /// - Parameters:
  ///   - strength: C, above 0: the higher, the weaker the penalty.
  ///   - start: Where to begin: the weights and the intercept, or nil for zeros.
  ///   - parallelism: The threads to use.
  ///   - isCancelled: Returns true to stop.
  /// - Returns: The weights and the intercept.
  /// - Throws: ``DetectionError/cancelled``.
  func minimum(
    strength: Double, from start: [Double]? = nil, parallelism: Parallelism,
    isCancelled: () -> Bool
  ) throws(DetectionError) -> [Double] {
    var parameters = start ?? [Double](repeating: 0, count: width)
    var point = evaluate(parameters, strength: strength, parallelism)
    for _ in 0..<Self.largestIterationCount {
      if isCancelled() { throw .cancelled }
      let step = CholeskyFactor(lowerTriangle: point.hessian, size: width).solve(point.gradient)
      let decrement = zip(step, point.gradient).reduce(0) { $0 + $1.0 * $1.1 }
      guard decrement > 1e-9 * point.loss else {
        return zip(parameters, step).map { $0 - $1 }
      }
      var (length, moved) = (1.0, false)
      while !moved && length > 1e-6 {
        let candidate = zip(parameters, step).map { $0 - length * $1 }
        let next = evaluate(candidate, strength: strength, parallelism)
        if next.loss <= point.loss - 1e-4 * length * decrement {
          (parameters, point, moved) = (candidate, next, true)
        }
        length /= 2
      }
      guard moved else { break }
    }
    return parameters
  }

  private func evaluate(
    _ parameters: [Double], strength: Double, _ parallelism: Parallelism
  ) -> Point {
    let (count, width) = (targets.count, width)
    let shards = (count + Self.rowsPerShard - 1) / Self.rowsPerShard
    var parts = [Point](repeating: Point(width: width), count: shards)
    parts.withUnsafeMutableBufferPointer { parts in
      let parts = parts
      parallelism.forEachShard(shards) { shard, _ in
        let first = shard * Self.rowsPerShard
        let rows = first..<min(first + Self.rowsPerShard, count)
        parts[shard] = self.part(rows, parameters, strength: strength)
      }
    }
    var sum = Point(width: width)
    for part in parts {
      sum.loss += part.loss
      for index in 0..<width { sum.gradient[index] += part.gradient[index] }
      for index in 0..<width * width { sum.hessian[index] += part.hessian[index] }
    }
    for index in 0..<width - 1 {
      sum.loss += parameters[index] * parameters[index] / 2
      sum.gradient[index] += parameters[index]
      sum.hessian[index * width + index] += 1
    }
    return sum
  }

  private func part(_ rows: Range<Int>, _ parameters: [Double], strength: Double) -> Point {
    var point = Point(width: width)
    let count = rows.count
    var logOdds = [Double](repeating: 0, count: count)
    var (slopes, curvatures) = (logOdds, logOdds)
    design.withUnsafeBufferPointer { design in
      guard let x = design.baseAddress.map({ $0 + rows.lowerBound * width }) else { return }
      kernels_row_products(x, Int64(count), Int64(width), parameters, &logOdds)
      for (row, example) in rows.enumerated() {
        let (odds, weight) = (logOdds[row], strength * weights[example])
        // e^-|z| never overflows.
        let small = exp(-abs(odds))
        let probability = odds >= 0 ? 1 / (1 + small) : small / (1 + small)
        let isRight = targets[example] == (odds >= 0)
        point.loss += weight * (log1p(small) + (isRight ? 0 : abs(odds)))
        slopes[row] = weight * (probability - (targets[example] ? 1 : 0))
        curvatures[row] = weight * small / ((1 + small) * (1 + small))
      }
      kernels_weighted_sum(x, Int64(count), Int64(width), slopes, &point.gradient)
      kernels_weighted_gram(x, Int64(count), Int64(width), curvatures, &point.hessian)
    }
    return point
  }
}
