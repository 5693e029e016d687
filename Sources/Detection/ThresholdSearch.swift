/// What a detector is shown of one image.
public struct DetectionSample: Sendable, Equatable {
  /// The measure of uncertainty, negated if low values mean adversarial; not NaN.
  public let score: Double
  /// How many crops agree with the provisional class, 0...5.
  public let agreement: Int
  /// What the image is.
  public let isAdversarial: Bool

  /// Describes an image.
  public init(score: Double, agreement: Int, isAdversarial: Bool) {
    self.score = score
    self.agreement = agreement
    self.isAdversarial = isAdversarial
  }
}

/// The search for the thresholds with the highest detection accuracy, exact over all L <= H and C.
///
/// The number of correct decisions separates: with A(k), B(k) and M(k) the clean images below cut
/// k, the adversarial ones above it, and those below it that the crops decide correctly, it is A(i)
/// - M(i) + M(j) + B(j) for L at cut i and H at cut j. So a running maximum of A - M gives the best
///   L for each H.
///
/// queries/best_thresholds.sql is the same search over stored rows. Both break ties alike: fewest
/// images sent to the crops, then the widest gap around the narrower cut, then the lower L, then
/// the larger C.
public enum ThresholdSearch {
  /// Which detectors are searched.
  public enum Detector: String, Sendable, CaseIterable {
    /// Any L <= H.
    case hybrid
    /// L = H: the crops are never asked.
    case uncertainty
    /// The crops are always asked.
    case crops
  }

  /// The best thresholds and how they do.
  public struct Result: Sendable, Equatable {
    /// The thresholds.
    public let thresholds: Thresholds
    /// How many images are declared what they are.
    public let correct: Int
    /// How many images are sent to the crops.
    public let sentToCrops: Int

    /// Describes a choice and how it does.
    public init(thresholds: Thresholds, correct: Int, sentToCrops: Int) {
      self.thresholds = thresholds
      self.correct = correct
      self.sentToCrops = sentToCrops
    }
  }

  /// Finds the best thresholds.
  ///
  /// - Parameters:
  ///   - samples: The images that thresholds are chosen on.
  ///   - detector: Which choices there are.
  ///   - agreements: The values of C that may be chosen.
  /// - Returns: The best thresholds; nil without samples.
  /// - Complexity: O(n log n) in the number of samples.
  public static func best(
    _ samples: [DetectionSample], detector: Detector = .hybrid, agreements: ClosedRange<Int> = 0...5
  ) -> Result? {
    guard !samples.isEmpty else { return nil }
    let cuts = Cut.all(of: samples)
    return agreements.compactMap { agreement in
      best(cuts, detector: detector, agreement: agreement)
    }.max { $1.isBetter(than: $0) }?.result
  }

  private static func best(_ cuts: [Cut], detector: Detector, agreement: Int) -> Candidate? {
    var low: Cut?
    var best: Candidate?
    for high in cuts {
      switch detector {
      case .hybrid:
        // Of equal gains the later cut is taken: it sends fewer images to the crops.
        if low.map({ high.lowGain(agreement) >= $0.lowGain(agreement) }) ?? true { low = high }
      case .uncertainty: low = high
      case .crops:
        low = cuts[0]
        guard high.position == .infinity else { continue }
      }
      guard let low else { continue }
      let candidate = Candidate(low: low, high: high, agreement: agreement)
      if best.map({ candidate.isBetter(than: $0) }) ?? true { best = candidate }
    }
    return best
  }
}

/// A place between neighbouring scores, with what lies below and above it.
private struct Cut {
  let position: Double
  /// The distance between the scores on either side; infinite for the outermost cuts.
  let gap: Double
  let below: Int
  let cleanBelow: Int
  let adversarialAbove: Int
  /// For each C, the images below that the crops decide correctly.
  let votedBelow: [Int]

  func lowGain(_ agreement: Int) -> Int { cleanBelow - votedBelow[agreement] }
  func highGain(_ agreement: Int) -> Int { adversarialAbove + votedBelow[agreement] }

  /// All cuts in order; where no number lies between two neighbours there is none.
  static func all(of samples: [DetectionSample]) -> [Cut] {
    let sorted = samples.sorted { $0.score < $1.score }
    let lowest = sorted[0].score
    var cleanBelow = 0
    var adversarialAbove = samples.count { $0.isAdversarial }
    var voted = [Int](repeating: 0, count: 6)
    var cuts = [
      Cut(
        position: lowest >= 0 ? 0 : -.infinity, gap: .infinity, below: 0, cleanBelow: 0,
        adversarialAbove: adversarialAbove, votedBelow: voted)
    ]
    for (index, sample) in sorted.enumerated() {
      if sample.isAdversarial { adversarialAbove -= 1 } else { cleanBelow += 1 }
      for agreement in 0...5 where (sample.agreement >= agreement) != sample.isAdversarial {
        voted[agreement] += 1
      }
      let next = index + 1 < sorted.count ? sorted[index + 1].score : .infinity
      let position = next == .infinity ? next : sample.score + (next - sample.score) / 2
      guard sample.score < position, position < next || next == .infinity else { continue }
      cuts.append(
        Cut(
          position: position, gap: next - sample.score, below: index + 1, cleanBelow: cleanBelow,
          adversarialAbove: adversarialAbove, votedBelow: voted))
    }
    return cuts
  }
}

/// A choice of L, H and C.
private struct Candidate {
  let low: Cut
  let high: Cut
  let agreement: Int

  var correct: Int { low.lowGain(agreement) + high.highGain(agreement) }
  var sent: Int { high.below - low.below }

  var result: ThresholdSearch.Result {
    ThresholdSearch.Result(
      thresholds: Thresholds(low: low.position, high: high.position, agreement: agreement),
      correct: correct, sentToCrops: sent)
  }

  func isBetter(than other: Candidate) -> Bool {
    if correct != other.correct { return correct > other.correct }
    if sent != other.sent { return sent < other.sent }
    let (gap, otherGap) = (min(low.gap, high.gap), min(other.low.gap, other.high.gap))
    if gap != otherGap { return gap > otherGap }
    if low.position != other.low.position { return low.position < other.low.position }
    return agreement > other.agreement
  }
}
