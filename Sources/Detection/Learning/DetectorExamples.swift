/// What a detector is fitted to: measures of images that are known to be clean or adversarial.
public struct DetectorExamples: Sendable {
  /// The names of the inputs: measures, or "vote:VOTER" for a vote that differs from the prediction.
  public let inputs: [String]
  /// The inputs' values, [images, inputs].
  public let values: [Double]
  /// Whether each image is adversarial.
  public let isAdversarial: [Bool]
  /// The image's index in its data set: a clean image and those made from it are one group, which
  /// cross-validation never divides.
  public let groups: [Int]
  /// How much each image counts, above 0.
  public let weights: [Double]

  /// Gathers examples.
  ///
  /// - Throws: ``DetectionError/unfitExamples(problem:)`` unless there are inputs, clean and
  ///   adversarial images, and all numbers are finite.
  /// - Precondition: There is a value for each image and input, and the other arrays have an element
  ///   for each image.
  public init(
    inputs: [String], values: [Double], isAdversarial: [Bool], groups: [Int],
    weights: [Double]? = nil
  ) throws(DetectionError) {
    let count = isAdversarial.count
    let weights = weights ?? [Double](repeating: 1, count: count)
    precondition(
      values.count == count * inputs.count && groups.count == count && weights.count == count,
      "\(values.count) values of \(inputs.count) inputs are not \(count) examples")
    guard !inputs.isEmpty else { throw .unfitExamples(problem: "there is no input") }
    guard isAdversarial.contains(true), isAdversarial.contains(false) else {
      throw .unfitExamples(problem: "it takes clean and adversarial images")
    }
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw .unfitExamples(
        problem: "\(inputs[place % inputs.count]) of image \(groups[place / inputs.count]) "
          + "is not a finite number")
    }
    guard weights.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw .unfitExamples(problem: "a weight is not above 0")
    }
    self.inputs = inputs
    self.values = values
    self.isAdversarial = isAdversarial
    self.groups = groups
    self.weights = weights
  }

  /// The number of images.
  public var count: Int { isAdversarial.count }
}
