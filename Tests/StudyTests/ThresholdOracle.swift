import Detection

/// What a detector is shown of one image.
struct DetectionSample {
  /// The measure of uncertainty, negated if low values mean adversarial; not NaN.
  let score: Double
  /// How many voters agree with the provisional class.
  let agreement: Int
  /// What the image is.
  let isAdversarial: Bool
}

/// Finds the best thresholds by judging all choices by Algorithm 1, one by one.
///
/// Ties are broken as queries/best_thresholds.sql breaks them: fewest images sent to the voters, then
/// the widest gap around the narrower cut, then the lower L, then the larger C.
enum ThresholdOracle {
  /// Which detectors are searched.
  enum Detector: String, CaseIterable {
    /// Any L <= H.
    case hybrid
    /// L = H: the voters are never asked.
    case uncertainty
    /// The voters are always asked.
    case crops
  }

  /// The best thresholds and how they do.
  struct Choice {
    let thresholds: Thresholds
    /// How many images are declared what they are.
    let correct: Int
    let sentToCrops: Int
  }

  /// The best choice; nil without samples.
  static func best(
    _ samples: [DetectionSample], detector: Detector = .hybrid, agreements: ClosedRange<Int> = 0...5
  ) -> Choice? {
    let scores = Set(samples.map(\.score)).sorted()
    guard let lowest = scores.first else { return nil }
    var cuts: [(position: Double, gap: Double)] = [(lowest >= 0 ? 0 : -.infinity, .infinity)]
    for (score, next) in zip(scores, scores.dropFirst()) {
      cuts.append((score + (next - score) / 2, next - score))
    }
    cuts.append((.infinity, .infinity))
    var best: (key: [Double], choice: Choice)?
    for low in cuts.indices {
      for high in low..<cuts.count {
        if detector == .uncertainty, low != high { continue }
        if detector == .crops, low != 0 || high != cuts.count - 1 { continue }
        for agreement in agreements {
          let choice = judge(
            samples,
            Thresholds(low: cuts[low].position, high: cuts[high].position, agreement: agreement))
          let key = [
            Double(choice.correct), -Double(choice.sentToCrops), min(cuts[low].gap, cuts[high].gap),
            -cuts[low].position, Double(agreement),
          ]
          if best.map({ $0.key.lexicographicallyPrecedes(key) }) ?? true { best = (key, choice) }
        }
      }
    }
    return best?.choice
  }

  private static func judge(_ samples: [DetectionSample], _ thresholds: Thresholds) -> Choice {
    var (correct, sent) = (0, 0)
    for sample in samples {
      let isDeclared = thresholds.declaresAdversarial(
        score: sample.score, agreement: sample.agreement)
      if isDeclared == sample.isAdversarial { correct += 1 }
      if thresholds.consultsCrops(score: sample.score) { sent += 1 }
    }
    return Choice(thresholds: thresholds, correct: correct, sentToCrops: sent)
  }
}
