internal import Foundation
public import Tensor

/// Logistic regression on standardised inputs with an L2 penalty.
///
/// The strength C is that of ten from 1e-4 to 1e4 with the highest accuracy in cross-validation,
/// the strongest penalty of equally good ones. So scikit-learn's LogisticRegressionCV chooses it,
/// except that an image and its adversarial partners always share a fold.
public struct LogisticRegression: DetectorLearner {
  /// The name on command lines.
  public var name: String { "logistic" }
  /// What tables print for the name.
  public var title: String { "logistic regression" }
  /// One line on how it fits.
  public var summary: String {
    "weighs standardised inputs; L2 penalty, its strength chosen by cross-validation"
  }
  /// The paper whose detector it is.
  public var source: String { "Feinman, Curtin, Shintre, Gardner 2017" }

  /// C to use, or nil to choose it by cross-validation.
  public let strength: Double?
  /// The number of folds of cross-validation.
  public let folds: Int

  /// The strengths that cross-validation compares, evenly spaced by logarithm.
  public static let strengths = (0..<10).map { pow(10, -4 + Double($0) * 8 / 9) }

  /// Creates the learner.
  ///
  /// - Precondition: A strength is above 0, and there are two folds or more.
  public init(strength: Double? = nil, folds: Int = 5) {
    precondition(strength.map { $0 > 0 } ?? true && folds > 1, "no such logistic regression")
    self.strength = strength
    self.folds = folds
  }

  /// Fits a detector.
  public func fit(
    _ examples: DetectorExamples, seed: UInt64, parallelism: Parallelism,
    progress: @Sendable (_ done: Int, _ total: Int) -> Void,
    isCancelled: @Sendable () -> Bool
  ) throws(DetectionError) -> any FittedDetector {
    let steps = strength == nil ? folds + 1 : 1
    var settings: [String: Double] = [:]
    var chosen = strength ?? 1
    if strength == nil {
      let division = try GroupedFolds(examples.groups, count: folds, seed: seed)
      var right = [Double](repeating: 0, count: Self.strengths.count)
      for fold in 0..<folds {
        progress(fold, steps)
        let accuracies = try accuracies(
          examples, training: division.training(fold), heldOut: division.heldOut(fold),
          parallelism, isCancelled)
        for (index, accuracy) in accuracies.enumerated() { right[index] += accuracy }
      }
      let best = right.indices.reduce(0) { right[$1] > right[$0] ? $1 : $0 }
      chosen = Self.strengths[best]
      settings["folds"] = Double(folds)
      settings["accuracy"] = right[best] / Double(folds)
    }
    progress(steps - 1, steps)
    settings["strength"] = chosen
    let all = Array(0..<examples.count)
    let standardisation = Standardisation(examples, rows: all)
    let parameters = try problem(examples, all, standardisation).minimum(
      strength: chosen, parallelism: parallelism, isCancelled: isCancelled)
    progress(steps, steps)
    return FittedLogisticRegression(
      learner: name, inputs: examples.inputs, standardisation: standardisation,
      weights: Array(parameters.dropLast()), intercept: parameters[parameters.count - 1],
      settings: settings)
  }

  /// Reads a detector that this learner fitted.
  public func decode(_ encoded: [UInt8]) throws(DetectionError) -> any FittedDetector {
    let detector = try DetectorCoding.decode(FittedLogisticRegression.self, from: encoded)
    let width = detector.inputs.count
    guard detector.weights.count == width, detector.standardisation.means.count == width,
      detector.standardisation.deviations.count == width
    else { throw .damagedDetector(problem: "its weights are not as many as its inputs") }
    return detector
  }

  /// The accuracy on held-out examples for each strength, each fit begun where the one before ended.
  private func accuracies(
    _ examples: DetectorExamples, training: [Int], heldOut: [Int], _ parallelism: Parallelism,
    _ isCancelled: () -> Bool
  ) throws(DetectionError) -> [Double] {
    let standardisation = Standardisation(examples, rows: training)
    let problem = problem(examples, training, standardisation)
    let design = standardisation.design(examples, rows: heldOut)
    let width = examples.inputs.count + 1
    let total = heldOut.reduce(0) { $0 + examples.weights[$1] }
    var (parameters, accuracies): ([Double]?, [Double]) = (nil, [])
    for strength in Self.strengths {
      let found = try problem.minimum(
        strength: strength, from: parameters, parallelism: parallelism, isCancelled: isCancelled)
      var right = 0.0
      for (row, example) in heldOut.enumerated() {
        var logOdds = 0.0
        for index in 0..<width { logOdds += design[row * width + index] * found[index] }
        if (logOdds > 0) == examples.isAdversarial[example] { right += examples.weights[example] }
      }
      accuracies.append(right / total)
      parameters = found
    }
    return accuracies
  }

  private func problem(
    _ examples: DetectorExamples, _ rows: [Int], _ standardisation: Standardisation
  ) -> LogisticProblem {
    LogisticProblem(
      design: standardisation.design(examples, rows: rows),
      targets: rows.map { examples.isAdversarial[$0] }, weights: rows.map { examples.weights[$0] })
  }
}

/// A fitted logistic regression, whose score is the log-odds of an adversarial image.
package struct FittedLogisticRegression: FittedDetector, Codable, Equatable {
  package let learner: String
  package let inputs: [String]
  package let standardisation: Standardisation
  /// The weights of the standardised inputs.
  package let weights: [Double]
  package let intercept: Double
  package let settings: [String: Double]

  package var terms: [DetectorTerm] {
    zip(inputs, weights).map { DetectorTerm(input: $0, weight: $1) }
  }

  package var encoded: [UInt8] { DetectorCoding.encode(self) }

  package func score(_ values: [Double]) -> Double {
    precondition(values.count == inputs.count, "\(values.count) values for \(inputs.count) inputs")
    var logOdds = intercept
    for index in values.indices {
      let standardised =
        (values[index] - standardisation.means[index]) / standardisation.deviations[index]
      logOdds += weights[index] * standardised
    }
    return logOdds
  }

  package var weightedSum: (offset: Double, factors: [Double])? {
    let factors = zip(weights, standardisation.deviations).map { $0 / $1 }
    let shift = zip(factors, standardisation.means).reduce(0) { $0 + $1.0 * $1.1 }
    return (intercept - shift, factors)
  }
}
