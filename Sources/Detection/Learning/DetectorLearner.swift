public import Tensor

/// A method that fits detectors.
public protocol DetectorLearner: Sendable {
  /// The name on command lines, such as "logistic".
  var name: String { get }
  /// What tables print for the name.
  var title: String { get }
  /// One line on how it fits, for help texts.
  var summary: String { get }
  /// The paper that it is from.
  var source: String { get }

  /// Fits a detector. The same examples and seed give the same bits.
  ///
  /// - Parameters:
  ///   - examples: The images to learn from.
  ///   - seed: The seed of what is drawn, such as the folds of cross-validation.
  ///   - parallelism: The threads to use.
  ///   - progress: Receives how many of how many parts of the work are done.
  ///   - isCancelled: Returns true to stop; asked several times a second.
  /// - Returns: The fitted detector.
  /// - Throws: ``DetectionError`` if the work is cancelled or the examples don't do.
  func fit(
    _ examples: DetectorExamples, seed: UInt64, parallelism: Parallelism,
    progress: @Sendable (_ done: Int, _ total: Int) -> Void,
    isCancelled: @Sendable () -> Bool
  ) throws(DetectionError) -> any FittedDetector

  /// Reads a detector that this learner fitted.
  ///
  /// - Parameter encoded: What ``FittedDetector/encoded`` gave.
  /// - Returns: A detector with the same scores.
  /// - Throws: ``DetectionError/damagedDetector(problem:)``.
  func decode(_ encoded: [UInt8]) throws(DetectionError) -> any FittedDetector
}

/// An input of a detector and how much it counts.
public struct DetectorTerm: Sendable, Equatable {
  /// The input's name.
  public let input: String
  /// The weight of the standardised input, or the share of a tree learner's gain.
  public let weight: Double

  /// Pairs an input with its weight.
  public init(input: String, weight: Double) {
    self.input = input
    self.weight = weight
  }
}

/// A function of measures that says how adversarial an image is.
public protocol FittedDetector: Sendable {
  /// The name of the learner that fitted it.
  var learner: String { get }
  /// The names of its inputs, in the order of ``score(_:)``.
  var inputs: [String] { get }
  /// What was chosen in fitting, by name, such as ["strength": 1, "folds": 5].
  var settings: [String: Double] { get }
  /// How much each input counts, in the order of ``inputs``.
  var terms: [DetectorTerm] { get }
  /// The detector as JSON in UTF-8, with exact numbers.
  var encoded: [UInt8] { get }

  /// The score of an image: high means adversarial.
  ///
  /// - Parameter values: The image's value of each input.
  /// - Returns: The score, such as log-odds.
  /// - Precondition: There is a value for each input.
  func score(_ values: [Double]) -> Double

  /// The score as an offset and a factor for each of ``inputs``, which attacks follow; nil if it is no
  /// weighted sum.
  var weightedSum: (offset: Double, factors: [Double])? { get }
}

extension FittedDetector {
  /// Nil by default.
  public var weightedSum: (offset: Double, factors: [Double])? { nil }
}
