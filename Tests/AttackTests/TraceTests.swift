import Attack
import Classifier
import Foundation
import Tensor
import TestSupport
import Testing

/// What the runner notes of attacks step by step.
@Suite struct TraceTests {
  typealias Shared = IterativeAttackTests

  private static let classifier = LinearClassifier(input: Shared.shape, classes: 4, seed: 3)

  private static func run(
    _ attack: any Attack, isTraced: Bool = true, on images: LabeledImages
  ) throws -> (results: [AdversarialImage], pixels: [Float]) {
    try AttackRunner(
      attack: attack, classifier: classifier, seed: 4, batchSize: 5, isTraced: isTraced
    ).run(on: images, indices: Array(0..<images.count)[...], parallelism: Parallelism(threads: 1))
  }

  /// -ln of the softmax at the label.
  private static func loss(_ image: [Float], label: Int) throws -> Double {
    let logits = try classifier.logits(of: image).map(Double.init)
    return log(logits.map(exp).reduce(0, +)) - logits[label]
  }

  private static let ball = Ball(.linf, radius: 0.1)

  @Test("the first step's loss is the clean image's, the last one's that of the image that is made")
  func ends() throws {
    let images = try Shared.known(by: Self.classifier, count: 12)
    let attack = PGD(ball: Self.ball, stepSize: 0.02, iterations: 8, start: .clean)
    let (results, pixels) = try Self.run(attack, on: images)
    for (index, result) in results.enumerated() {
      let label = Int(images.labels[index])
      try #require(result.steps.count == 9)
      let made = Array(pixels[index * Shared.size..<(index + 1) * Shared.size])
      let clean = try Self.loss(Shared.image(index, of: images), label: label)
      #expect(abs(result.steps[0].loss - clean) < 1e-5)
      #expect(abs(result.steps[8].loss - (try Self.loss(made, label: label))) < 1e-5)
      #expect(result.steps[8].isMisled == result.success)
      #expect(!result.steps[0].isMisled)
      #expect(result.steps.allSatisfy { $0.score == nil })
    }
  }

  @Test("tracing changes no bit of an attack", arguments: Shared.all.indices)
  func unchanged(number: Int) throws {
    let images = try Shared.known(by: Self.classifier, count: 12)
    let plain = try Self.run(Shared.all[number], isTraced: false, on: images)
    let traced = try Self.run(Shared.all[number], on: images)
    #expect(plain.pixels == traced.pixels)
    #expect(zip(plain.results, traced.results).allSatisfy { $0.details == $1.details })
    #expect(plain.results.allSatisfy { $0.steps.isEmpty })
    #expect(!traced.results.contains { $0.steps.isEmpty })
  }

  @Test("sums take an image that the attack has left with its last step")
  func sums() throws {
    let images = try Shared.known(by: Self.classifier, count: 12)
    // Each start takes four steps; images that one has misled do without the others.
    let attack = PGD(
      ball: Ball(.linf, radius: 0.03), stepSize: 0.015, iterations: 4, restarts: 3)
    let results = try Self.run(attack, on: images).results
    #expect(Set(results.map(\.steps.count)) == [5, 13])
    let sums = TracedSum.sums(of: results)
    try #require(sums.count == 13)
    #expect(sums.allSatisfy { $0.images == 12 && $0.scored == 0 })
    for (step, sum) in sums.enumerated() {
      let losses = results.map { $0.steps[min(step, $0.steps.count - 1)].loss }
      #expect(abs(sum.loss - losses.reduce(0, +)) < 1e-9)
      #expect(abs(sum.lossSquares - losses.reduce(0) { $0 + $1 * $1 }) < 1e-9)
    }
    #expect(sums[12].misled == results.count(where: \.success))
    #expect(TracedSum.sums(of: []).isEmpty)
  }

  @Test("attacks by gradients within a budget are traced, and no others")
  func kinds() {
    let traced = AttackCatalogue.kinds.filter(\.isTraced).map(\.name)
    #expect(
      traced == [
        "bim-a", "bim-b", "pgd", "apgd-ce", "apgd-dlr", "apgd-t", "selective", "orthogonal",
        "lagrangian", "logit-matching",
      ])
  }
}
