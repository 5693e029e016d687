internal import CKernels
internal import Foundation

/// The measures of uncertainty of one image, over its stochastic passes.
///
/// Both papers use softmaxStd (PAPER, section 4.2 of the reproduction). The other measures come
/// from the same passes. Entropies are in nats.
public struct Uncertainty: Sendable, Equatable {
  /// The class with the highest mean logit.
  public let prediction: Int
  /// The mean over classes of the standard deviation (divided by N) of the passes' softmax.
  public let softmaxStd: Double
  /// The mean over classes of the standard deviation (divided by N) of the passes' logits.
  public let logitStd: Double
  /// The entropy of the mean softmax, in nats.
  public let predictiveEntropy: Double
  /// The predictive entropy minus the mean entropy of the passes, in nats and never below 0.
  public let mutualInformation: Double
  /// The largest element of the mean softmax, 0...1.
  public let maxProbability: Double
  /// The largest mean logit minus the second largest, at least 0.
  public let margin: Double
  /// The sum over classes of the variance (divided by N) of the passes' softmax.
  ///
  /// Feinman et al. 2017, section 4.2; their code divides it by the number of classes.
  public let softmaxVariance: Double

  /// Computes the measures from one image's logits, [passes, classes].
  ///
  /// - Precondition: There is a pass, and there are two classes or more.
  public init(logits: UnsafeBufferPointer<Float>, classes: Int) {
    precondition(
      classes > 1 && logits.count >= classes && logits.count.isMultiple(of: classes),
      "\(logits.count) logits are not passes of \(classes) classes")
    let passes = logits.count / classes
    let exponents = [Double](unsafeUninitializedCapacity: logits.count) { exponents, count in
      for first in stride(from: 0, to: logits.count, by: classes) {
        var largest = logits[first]
        for index in first..<first + classes { largest = max(largest, logits[index]) }
        for index in first..<first + classes {
          exponents.initializeElement(at: index, to: Double(logits[index] - largest))
        }
      }
      count = logits.count
    }
    var probabilities = [Double](repeating: 0, count: logits.count)
    kernels_exponentials(exponents, Int64(exponents.count), &probabilities)
    var meanOfEntropies = 0.0
    for first in stride(from: 0, to: logits.count, by: classes) {
      var (sum, weighted) = (0.0, 0.0)
      for index in first..<first + classes {
        sum += probabilities[index]
        weighted += probabilities[index] * exponents[index]
      }
      let share = 1 / sum
      for index in first..<first + classes { probabilities[index] *= share }
      // ln p = exponent - ln sum, so that one logarithm serves for all classes.
      meanOfEntropies += (log(sum) - weighted * share) / Double(passes)
    }
    let logitMoments = Moments(columns: classes, rows: passes) { Double(logits[$0]) }
    let softmaxMoments = Moments(columns: classes, rows: passes) { probabilities[$0] }
    let ranked = logitMoments.means.enumerated().sorted {
      ($0.element, -$0.offset) > ($1.element, -$1.offset)
    }
    prediction = ranked[0].offset
    margin = ranked[0].element - ranked[1].element
    softmaxStd = softmaxMoments.meanDeviation
    softmaxVariance = softmaxMoments.sumOfVariances
    logitStd = logitMoments.meanDeviation
    predictiveEntropy = entropy(softmaxMoments.means)
    let information = predictiveEntropy - meanOfEntropies
    mutualInformation = information < 0 ? 0 : information
    maxProbability = softmaxMoments.means.max() ?? 0
  }
}

/// Mean and standard deviation of each column of a matrix.
private struct Moments {
  let means: [Double]
  /// The mean over columns of their standard deviations, in the form that divides by the number of
  /// rows.
  let meanDeviation: Double
  /// The sum over columns of their variances, in the same form.
  let sumOfVariances: Double

  init(columns: Int, rows: Int, element: (Int) -> Double) {
    var means = [Double](repeating: 0, count: columns)
    var squares = means
    for row in 0..<rows {
      for column in 0..<columns { means[column] += element(row * columns + column) }
    }
    for column in 0..<columns { means[column] /= Double(rows) }
    for row in 0..<rows {
      for column in 0..<columns {
        let difference = element(row * columns + column) - means[column]
        squares[column] += difference * difference
      }
    }
    self.means = means
    meanDeviation =
      squares.reduce(0) { $0 + ($1 / Double(rows)).squareRoot() } / Double(columns)
    sumOfVariances = squares.reduce(0) { $0 + $1 / Double(rows) }
  }
}

private func entropy(_ probabilities: [Double]) -> Double {
  probabilities.reduce(0) { $1 == 0 ? $0 : $0 - $1 * log($1) }
}
