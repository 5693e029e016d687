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
