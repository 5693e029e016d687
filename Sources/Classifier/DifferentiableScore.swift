/// A detector's score of an image as an attack needs it: high for adversarial images, with its gradient.
///
/// Measures and learned detectors give one of themselves; attacks that know the detector lower it.
public protocol DifferentiableScore: Sendable {
  /// What is scored, such as "softmax_std".
  var name: String { get }

  /// Makes one worker's memory.
  ///
  /// - Parameter capacity: The largest number of images in a batch.
  /// - Returns: The memory, which belongs to one thread at a time.
  /// - Throws: What keeps a served model from answering.
  func makeWorker(capacity: Int) throws -> any DifferentiableScoreWorker
}

/// One worker's memory to score images, with gradients.
public protocol DifferentiableScoreWorker: AnyObject {
  /// Scores images.
  ///
  /// - Parameters:
  ///   - images: The images, [indices, input], in 0...1.
  ///   - indices: The images' indices in their data set, which address random numbers.
  ///   - draw: The first of the random draws that the score averages over, so that each step of an
  ///     attack may see new ones. Scores without anything random pass it over.
  ///   - gradient: Room for the gradients of the scores, [indices, input]; nil if they are not wanted.
  /// - Returns: The scores. High means adversarial, whatever the measure's own orientation.
  /// - Throws: What keeps a served model from answering.
  func score(
    _ images: UnsafePointer<Float>, indices: [Int], draw: Int,
    gradient: UnsafeMutablePointer<Float>?
  ) throws -> [Double]

  /// How many draws one call uses: the next call's first draw is so much later.
  var draws: Int { get }
}

extension DifferentiableScoreWorker {
  /// None, for scores without anything random.
  public var draws: Int { 0 }
}
