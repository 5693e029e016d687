/// The thresholds of Algorithm 1: L and H bound the score, C the number of agreeing voters.
public struct Thresholds: Sendable, Equatable {
  /// L: Algorithm 1 declares an image clean if its score is below L.
  public let low: Double
  /// H: Algorithm 1 declares an image adversarial if its score is above H, which is at least L.
  public let high: Double
  /// C: a score from L to H is clean if and only if at least C voters agree; of five crops, 0...5.
  public let agreement: Int

  /// Creates thresholds for scores of one measure.
  ///
  /// - Precondition: `low` is not above `high`, and `agreement` is not negative.
  public init(low: Double, high: Double, agreement: Int) {
    precondition(low <= high, "L = \(low) is above H = \(high)")
    precondition(agreement >= 0, "C = \(agreement) is negative")
    self.low = low
    self.high = high
    self.agreement = agreement
  }

  /// Whether the voters decide about an image, which they do if L ≤ score ≤ H.
  public func consultsCrops(score: Double) -> Bool { score >= low && score <= high }

  /// Whether Algorithm 1 declares an image adversarial (figure 2 of the reproduction).
  ///
  /// The printed algorithm asks for more than C agreeing crops, which could never hold for its own
  /// best C = 5. Its text asks for at least C of them, and this function follows the text.
  ///
  /// - Parameters:
  ///   - score: The image's measure of uncertainty, negated if low values mean adversarial.
  ///   - agreement: How many voters agree with its provisional class.
  /// - Returns: Whether the algorithm declares it adversarial.
  public func declaresAdversarial(score: Double, agreement: Int) -> Bool {
    if score < low { return false }
    return score > high || agreement < self.agreement
  }

  /// How far a score is above the threshold that applies to an image: L where fewer than C voters
  /// agree, else H.
  ///
  /// It is above 0 if and only if Algorithm 1 declares the image adversarial. Since that includes a
  /// score of L itself, the distance from L counts from the next lower number.
  ///
  /// - Parameters:
  ///   - score: The image's measure of uncertainty, negated if low values mean adversarial.
  ///   - agreement: How many voters agree with its provisional class.
  /// - Returns: The distance, in units of the score; infinite where the threshold is.
  public func excess(score: Double, agreement: Int) -> Double {
    score - (agreement < self.agreement ? low.nextDown : high)
  }
}
