internal import Foundation
internal import Classifier

/// The measures of stochastic passes as functions of the passes' logits, with derivatives.
///
/// The derivative of a deviation is taken for 0 where nothing deviates.
struct DrawnLogits {
  let draws: Int
  let classes: Int
  /// [draws, classes].
  let logits: UnsafeBufferPointer<Float>

  init(_ logits: UnsafeBufferPointer<Float>, classes: Int) {
    self.logits = logits
    self.classes = classes
    draws = logits.count / classes
  }

  /// The softmax of each draw, [draws, classes].
  func softmax() -> [Double] {
    var result = [Double](repeating: 0, count: logits.count)
    for first in stride(from: 0, to: logits.count, by: classes) {
      var largest = logits[first]
      for index in first..<first + classes { largest = max(largest, logits[index]) }
      var sum = 0.0
      for index in first..<first + classes {
        result[index] = exp(Double(logits[index] - largest))
        sum += result[index]
      }
      for index in first..<first + classes { result[index] /= sum }
    }
    return result
  }

  /// The logits themselves.
  func values() -> [Double] { logits.map(Double.init) }

  /// The mean over the draws of each class.
  func means(_ values: [Double]) -> [Double] {
    var means = [Double](repeating: 0, count: classes)
    for index in values.indices { means[index % classes] += values[index] }
    return means.map { $0 / Double(draws) }
  }

  /// Writes the derivative with respect to the logits of a function of the softmax.
  ///
  /// - Parameters:
  ///   - softmax: The softmax of each draw.
  ///   - slopes: The function's derivative with respect to it.
  ///   - gradient: Room for the derivative with respect to the logits.
  func write(
    softmax: [Double], slopes: [Double], into gradient: UnsafeMutablePointer<Float>
  ) {
    for first in stride(from: 0, to: softmax.count, by: classes) {
      var weighted = 0.0
      for index in first..<first + classes { weighted += slopes[index] * softmax[index] }
      for index in first..<first + classes {
        gradient[index] = Float(softmax[index] * (slopes[index] - weighted))
      }
    }
  }

  /// The mean over classes of the deviations of values, and its derivative with respect to them.
  func meanDeviation(_ values: [Double]) -> (value: Double, slopes: [Double]) {
    let (means, deviations) = moments(values)
    let slopes = values.indices.map { index in
      let deviation = deviations[index % classes]
      guard deviation > 0 else { return 0.0 }
      return (values[index] - means[index % classes])
        / (Double(classes * draws) * deviation)
    }
    return (deviations.reduce(0, +) / Double(classes), slopes)
  }

  /// The sum over classes of the variances of values, and its derivative.
  func sumOfVariances(_ values: [Double]) -> (value: Double, slopes: [Double]) {
    let (means, deviations) = moments(values)
    let slopes = values.indices.map {
      2 * (values[$0] - means[$0 % classes]) / Double(draws)
    }
    return (deviations.reduce(0) { $0 + $1 * $1 }, slopes)
  }

  private func moments(_ values: [Double]) -> (means: [Double], deviations: [Double]) {
    let means = means(values)
    var squares = [Double](repeating: 0, count: classes)
    for index in values.indices {
      let difference = values[index] - means[index % classes]
      squares[index % classes] += difference * difference
    }
    return (means, squares.map { ($0 / Double(draws)).squareRoot() })
  }
}

extension ScorePart {
  /// The mean over classes of the deviation of the softmax.
  static let softmaxDeviation = ScorePart.draws { logits, classes, gradient in
    let drawn = DrawnLogits(logits, classes: classes)
    let softmax = drawn.softmax()
    let (value, slopes) = drawn.meanDeviation(softmax)
    drawn.write(softmax: softmax, slopes: slopes, into: gradient)
    return value
  }

  /// The sum over classes of the variance of the softmax.
  static let softmaxVariance = ScorePart.draws { logits, classes, gradient in
    let drawn = DrawnLogits(logits, classes: classes)
    let softmax = drawn.softmax()
    let (value, slopes) = drawn.sumOfVariances(softmax)
    drawn.write(softmax: softmax, slopes: slopes, into: gradient)
    return value
  }

  /// The mean over classes of the deviation of the logits.
  static let logitDeviation = ScorePart.draws { logits, classes, gradient in
    let drawn = DrawnLogits(logits, classes: classes)
    let (value, slopes) = drawn.meanDeviation(drawn.values())
    for (index, slope) in slopes.enumerated() { gradient[index] = Float(slope) }
    return value
  }

  /// The entropy of the mean softmax, less the mean entropy of the draws if that is asked for.
  static func entropy(lessMean: Bool) -> ScorePart {
    .draws { logits, classes, gradient in
      let drawn = DrawnLogits(logits, classes: classes)
      let softmax = drawn.softmax()
      let means = drawn.means(softmax)
      let count = Double(drawn.draws)
      var value = means.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
      var slopes = softmax.indices.map { index in
        let mean = means[index % classes]
        return mean > 0 ? -(log(mean) + 1) / count : 0
      }
      if lessMean {
        for (index, probability) in softmax.enumerated() where probability > 0 {
          value += probability * log(probability) / count
          slopes[index] += (log(probability) + 1) / count
        }
      }
      drawn.write(softmax: softmax, slopes: slopes, into: gradient)
      return value
    }
  }

  /// The largest element of the mean softmax.
  static let largestMean = ScorePart.draws { logits, classes, gradient in
    let drawn = DrawnLogits(logits, classes: classes)
    let softmax = drawn.softmax()
    let means = drawn.means(softmax)
    let best = means.indices.reduce(0) { means[$1] > means[$0] ? $1 : $0 }
    let slopes = softmax.indices.map { $0 % classes == best ? 1 / Double(drawn.draws) : 0 }
    drawn.write(softmax: softmax, slopes: slopes, into: gradient)
    return means[best]
  }

  /// The largest mean logit less the second.
  static let marginOfMeans = ScorePart.draws { logits, classes, gradient in
    let drawn = DrawnLogits(logits, classes: classes)
    let means = drawn.means(drawn.values())
    let best = means.indices.reduce(0) { means[$1] > means[$0] ? $1 : $0 }
    var second = best == 0 ? 1 : 0
    for index in means.indices where index != best && means[index] > means[second] {
      second = index
    }
    let share = 1 / Float(drawn.draws)
    for index in logits.indices {
      let label = index % classes
      gradient[index] = label == best ? share : (label == second ? -share : 0)
    }
    return means[best] - means[second]
  }

  /// The logarithm of the sum of the logits' exponentials.
  static let energy = ScorePart.logits { logits, gradient in
    let drawn = DrawnLogits(logits, classes: logits.count)
    let softmax = drawn.softmax()
    for (index, probability) in softmax.enumerated() { gradient[index] = Float(probability) }
    let largest = logits.max() ?? 0
    return Double(largest) + log(logits.reduce(0) { $0 + exp(Double($1 - largest)) })
  }

  /// The largest element of the softmax with nothing random.
  static let largestSoftmax = ScorePart.logits { logits, gradient in
    let drawn = DrawnLogits(logits, classes: logits.count)
    let softmax = drawn.softmax()
    let best = softmax.indices.reduce(0) { softmax[$1] > softmax[$0] ? $1 : $0 }
    drawn.write(
      softmax: softmax, slopes: softmax.indices.map { $0 == best ? 1 : 0 }, into: gradient)
    return softmax[best]
  }
}

extension MonteCarloMeasure {
  var part: ScorePart {
    switch self {
    case .softmaxStd: .softmaxDeviation
    case .logitStd: .logitDeviation
    case .predictiveEntropy: .entropy(lessMean: false)
    case .mutualInformation: .entropy(lessMean: true)
    case .maxProbability: .largestMean
    case .margin: .marginOfMeans
    case .deterministicMaxProbability: .largestSoftmax
    }
  }
}

extension SoftmaxVariance: DifferentiableMeasure {
  var parts: [ScorePart] { [.softmaxVariance] }
}

extension Energy: DifferentiableMeasure {
  var parts: [ScorePart] { [.energy] }
}
