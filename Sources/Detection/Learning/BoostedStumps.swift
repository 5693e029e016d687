internal import Foundation
public import Tensor

/// Gradient-boosted stumps: a sum of steps of single inputs.
///
/// Friedman 2001 (Greedy function approximation), with logistic loss and the leaf values of a
/// Newton step, whose curvature is raised by 1, as in Chen and Guestrin 2016. Each round adds the
/// step of one input that lowers the loss most, times the learning rate. An input has at most 255
/// cuts, at its quantiles. The number of rounds is that with the lowest loss in cross-validation,
/// where an image and its adversarial partners always share a fold. Nothing is drawn but the folds.
public struct BoostedStumps: DetectorLearner {
  /// The name on command lines.
  public var name: String { "stumps" }
  /// What tables print for the name.
  public var title: String { "boosted stumps" }
  /// One line on how it fits.
  public var summary: String {
    "adds steps of single inputs by gradient boosting; rounds chosen by cross-validation"
  }
  /// The paper that it is from.
  public var source: String { "Friedman 2001" }

  /// The number of rounds to try at most.
  public let rounds: Int
  /// The factor of each step, above 0 and at most 1.
  public let rate: Double
  /// The number of folds of cross-validation.
  public let folds: Int

  /// Creates the learner.
  ///
  /// - Precondition: There is a round, the rate lies above 0 and not above 1, and there are two
  ///   folds or more.
  public init(rounds: Int = 300, rate: Double = 0.1, folds: Int = 5) {
    precondition(rounds > 0 && rate > 0 && rate <= 1 && folds > 1, "no such boosting")
    self.rounds = rounds
    self.rate = rate
    self.folds = folds
  }

  /// Fits a detector.
  public func fit(
    _ examples: DetectorExamples, seed: UInt64, parallelism: Parallelism,
    progress: @Sendable (_ done: Int, _ total: Int) -> Void,
    isCancelled: @Sendable () -> Bool
  ) throws(DetectionError) -> any FittedDetector {
    let division = try GroupedFolds(examples.groups, count: folds, seed: seed)
    var losses = [Double](repeating: 0, count: rounds)
    let total = (folds + 1) * rounds
    for fold in 0..<folds {
      var boosting = StumpBoosting(examples, rows: division.training(fold), rate: rate)
      let heldOut = division.heldOut(fold)
      var scores = [Double](repeating: boosting.base, count: heldOut.count)
      for round in 0..<rounds {
        if isCancelled() { throw .cancelled }
        let stump = boosting.step(parallelism)
        for (place, row) in heldOut.enumerated() {
          scores[place] += stump.value(examples.values[row * examples.inputs.count + stump.input])
          losses[round] += examples.weights[row] * loss(scores[place], examples.isAdversarial[row])
        }
        if round.isMultiple(of: 20) { progress(fold * rounds + round, total) }
      }
    }
    let best = losses.indices.reduce(0) { losses[$1] < losses[$0] ? $1 : $0 }
    var boosting = StumpBoosting(examples, rows: Array(0..<examples.count), rate: rate)
    var stumps: [Stump] = []
    var gains = [Double](repeating: 0, count: examples.inputs.count)
    for round in 0...best {
      if isCancelled() { throw .cancelled }
      let stump = boosting.step(parallelism)
      gains[stump.input] += stump.gain
      stumps.append(stump)
      if round.isMultiple(of: 20) { progress(folds * rounds + round, total) }
    }
    progress(total, total)
    let gain = gains.reduce(0, +)
    return FittedStumps(
      learner: name, inputs: examples.inputs, base: boosting.base, stumps: stumps,
      importances: gains.map { gain > 0 ? $0 / gain : 0 },
      settings: ["rounds": Double(best + 1), "rate": rate, "folds": Double(folds)])
  }

  /// Reads a detector that this learner fitted.
  public func decode(_ encoded: [UInt8]) throws(DetectionError) -> any FittedDetector {
    let detector = try DetectorCoding.decode(FittedStumps.self, from: encoded)
    guard detector.importances.count == detector.inputs.count,
      detector.stumps.allSatisfy({ detector.inputs.indices.contains($0.input) })
    else { throw .damagedDetector(problem: "its steps are not of its inputs") }
    return detector
  }

  private func loss(_ logOdds: Double, _ isAdversarial: Bool) -> Double {
    log1p(exp(-abs(logOdds))) + (isAdversarial == (logOdds >= 0) ? 0 : abs(logOdds))
  }
}

/// A step of one input.
package struct Stump: Codable, Equatable, Sendable {
  /// The input's place.
  package let input: Int
  /// Values up to here are low.
  package let cut: Double
  /// What low values add to the log-odds.
  package let low: Double
  /// What higher values add.
  package let high: Double
  /// By how much the step lowers the loss, before the learning rate, to second order.
  package let gain: Double

  package func value(_ input: Double) -> Double { input > cut ? high : low }
}

/// Fitted stumps, whose score is the log-odds of an adversarial image.
struct FittedStumps: FittedDetector, Codable, Equatable {
  let learner: String
  let inputs: [String]
  /// The log-odds before any step.
  let base: Double
  let stumps: [Stump]
  /// Each input's share of the steps' gains.
  let importances: [Double]
  let settings: [String: Double]

  var terms: [DetectorTerm] {
    zip(inputs, importances).map { DetectorTerm(input: $0, weight: $1) }
  }

  var encoded: [UInt8] { DetectorCoding.encode(self) }

  func score(_ values: [Double]) -> Double {
    precondition(values.count == inputs.count, "\(values.count) values for \(inputs.count) inputs")
    return stumps.reduce(base) { $0 + $1.value(values[$1.input]) }
  }
}
