/// The thresholds of Algorithm 1: L and H on the score, C on the crops that agree.
public struct Thresholds: Sendable, Equatable {
  /// L: a score below it is clean.
  public let low: Double
  /// H: a score above it is adversarial; not below L.
  public let high: Double
  /// C: between them an image is clean if and only if at least C of the five crops agree, 0...5.
  public let agreement: Int

  /// Creates thresholds.
  ///
  /// - Precondition: `low` is not above `high`, and `agreement` lies in 0...5.
  public init(low: Double, high: Double, agreement: Int) {
    precondition(low <= high, "L = \(low) is above H = \(high)")
    precondition((0...5).contains(agreement), "C = \(agreement) is not in 0...5")
    self.low = low
    self.high = high
    self.agreement = agreement
  }

  /// Whether the crops decide about an image: L ≤ score ≤ H.
  public func consultsCrops(score: Double) -> Bool { score >= low && score <= high }

  /// Whether an image is declared adversarial (figure 2 of the reproduction, Algorithm 1).
  ///
  /// The printed algorithm asks for more than C agreeing crops, which could never hold for its own
  /// best C = 5; its text asks for C of them, which is what is done here.
  ///
  /// - Parameters:
  ///   - score: The image's measure of uncertainty, negated if low values mean adversarial.
  ///   - agreement: How many of its crops agree with its provisional class.
  /// - Returns: Whether it is declared adversarial.
  public func declaresAdversarial(score: Double, agreement: Int) -> Bool {
    if score < low { return false }
    return score > high || agreement < self.agreement
  }
}
