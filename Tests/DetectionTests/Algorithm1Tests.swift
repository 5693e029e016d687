import Detection
import Testing

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

  @Test("excess is above 0 where an image is declared adversarial, to the last bit")
  func excess() {
    let cases = [
      thresholds, Thresholds(low: 0.3, high: 0.3, agreement: 5),
      Thresholds(low: -.infinity, high: 0.4, agreement: 2),
      Thresholds(low: 0.2, high: .infinity, agreement: 2),
      Thresholds(low: .leastNonzeroMagnitude, high: .leastNonzeroMagnitude, agreement: 1),
    ]
    for thresholds in cases {
      for edge in [thresholds.low, thresholds.high, 0, -1, 1] where edge.isFinite {
        for score in [edge.nextDown, edge, edge.nextUp] {
          for agreement in 0...5 {
            let excess = thresholds.excess(score: score, agreement: agreement)
            #expect(
              (excess > 0) == thresholds.declaresAdversarial(score: score, agreement: agreement),
              "\(thresholds), \(score), \(agreement): \(excess)")
          }
        }
      }
    }
    #expect(thresholds.excess(score: 0.5, agreement: 3) == 0.5 - 0.4)
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
