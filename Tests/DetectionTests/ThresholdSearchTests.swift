import Detection
import Tensor
import Testing

/// Random images whose scores have many ties.
func randomSamples(count: Int, distinct: Int, seed: UInt64, offset: Double = 0) -> [DetectionSample]
{
  let stream = RandomStream(seed: seed, stream: 0)
  return (0..<count).map { index in
    let isAdversarial = index % 2 == 1
    func draw(_ bound: Int, _ block: UInt32) -> Int {
      stream.integer(below: bound, image: UInt32(index), pass: 0, block: block)
    }
    let score = Double(draw(distinct, 0) + (isAdversarial ? draw(distinct, 1) : 0)) / 8 + offset
    let agreement = isAdversarial ? draw(6, 2) : max(draw(6, 2), draw(6, 3))
    return DetectionSample(score: score, agreement: agreement, isAdversarial: isAdversarial)
  }
}

/// All choices there are, judged by Algorithm 1 one by one.
func bruteForce(
  _ samples: [DetectionSample], detector: ThresholdSearch.Detector
) -> ThresholdSearch.Result? {
  let scores = Set(samples.map(\.score)).sorted()
  let cuts =
    [(scores[0] >= 0 ? 0 : -Double.infinity, Double.infinity)]
    + zip(scores, scores.dropFirst()).map { ($0 + ($1 - $0) / 2, $1 - $0) }
    + [(Double.infinity, Double.infinity)]
  var best: (key: [Double], result: ThresholdSearch.Result)?
  for low in cuts.indices {
    for high in low..<cuts.count {
      if detector == .uncertainty, low != high { continue }
      if detector == .crops, low != 0 || high != cuts.count - 1 { continue }
      for agreement in 0...5 {
        let thresholds = Thresholds(low: cuts[low].0, high: cuts[high].0, agreement: agreement)
        let correct = samples.count {
          thresholds.declaresAdversarial(score: $0.score, agreement: $0.agreement)
            == $0.isAdversarial
        }
        let sent = samples.count { thresholds.consultsCrops(score: $0.score) }
        let key = [
          Double(correct), -Double(sent), min(cuts[low].1, cuts[high].1), -cuts[low].0,
          Double(agreement),
        ]
        if best.map({ $0.key.lexicographicallyPrecedes(key) }) ?? true {
          best = (
            key,
            ThresholdSearch.Result(thresholds: thresholds, correct: correct, sentToCrops: sent)
          )
        }
      }
    }
  }
  return best?.result
}

@Suite struct ThresholdSearchTests {
  @Test("is the best of all choices", arguments: ThresholdSearch.Detector.allCases, 0..<12)
  func exact(detector: ThresholdSearch.Detector, seed: Int) {
    let samples = randomSamples(
      count: 10 + seed * 6, distinct: 2 + seed * 2, seed: UInt64(seed), offset: Double(seed % 3) - 1
    )
    #expect(
      ThresholdSearch.best(samples, detector: detector) == bruteForce(samples, detector: detector))
  }

  @Test("no image, one image, and images that cannot be told apart")
  func small() {
    #expect(ThresholdSearch.best([]) == nil)
    let clean = DetectionSample(score: 0.5, agreement: 5, isAdversarial: false)
    #expect(ThresholdSearch.best([clean])?.correct == 1)
    let adversarial = DetectionSample(score: 0.5, agreement: 5, isAdversarial: true)
    #expect(ThresholdSearch.best([clean, adversarial])?.correct == 1)
    let above = DetectionSample(score: 0.5.nextUp, agreement: 5, isAdversarial: true)
    #expect(ThresholdSearch.best([clean, above])?.correct == 1)
  }
}

@Suite struct Algorithm1Tests {
  let thresholds = Thresholds(low: 0.2, high: 0.4, agreement: 3)

  @Test(
    "follows the text at and between the thresholds",
    arguments: [
      (0.1, 0, false), (0.2, 2, true), (0.2, 3, false), (0.3, 5, false), (0.4, 3, false),
      (0.4, 2, true), (0.5, 5, true),
    ])
  func decisions(score: Double, agreement: Int, isAdversarial: Bool) {
    #expect(
      thresholds.declaresAdversarial(score: score, agreement: agreement) == isAdversarial)
  }

  @Test("C = 5 of five crops can be reached, C = 0 always is")
  func extremes() {
    let strict = Thresholds(low: 0, high: .infinity, agreement: 5)
    #expect(!strict.declaresAdversarial(score: 1, agreement: 5))
    let lenient = Thresholds(low: 0, high: .infinity, agreement: 0)
    #expect(!lenient.declaresAdversarial(score: 1, agreement: 0))
  }

  @Test("L above H is a programmer's error")
  func crossed() async {
    await #expect(processExitsWith: .failure) {
      _ = Thresholds(low: 2, high: 1, agreement: 0)
    }
  }
}
