import Attack
import Classifier
import Tensor
import TestSupport
import Testing

/// Attacks on a classifier that is no network.
@Suite struct ClassifierAttackTests {
  static let shape = ImageShape(height: 3, width: 4, channels: 2)
  static let classifier = LinearClassifier(input: shape, classes: 3, seed: 1)

  /// Noise; the first pixel is the image's number.
  static let images: LabeledImages = {
    let stream = RandomStream(seed: 2, stream: 0)
    return LabeledImages(
      shape: shape,
      pixels: (0..<60 * 24).map {
        UInt8($0 % 24 == 0 ? $0 / 24 : stream.integer(below: 256, image: UInt32($0), pass: 0))
      }, labels: (0..<60).map { UInt8($0 % 3) })
  }()

  func run(
    _ attack: any Attack, on classifier: LinearClassifier, threads: Int = 1
  ) throws -> (results: [AdversarialImage], pixels: [Float]) {
    try AttackRunner(attack: attack, classifier: classifier, seed: 0).run(
      on: Self.images, indices: Array(0..<60)[...], parallelism: Parallelism(threads: threads))
  }

  @Test("FGSM moves each element along the sign of the gradient by its formula")
  func formula() throws {
    let (results, pixels) = try run(FGSM(epsilon: 0.1), on: Self.classifier)
    var checked = 0
    for image in 0..<60 {
      let clean = [Float](unsafeUninitializedCapacity: 24) { pixels, count in
        guard let base = pixels.baseAddress else { return }
        Self.images.copyPixels(of: image, into: base)
        count = 24
      }
      var weights = try Self.classifier.logits(of: clean)
      weights.withUnsafeMutableBufferPointer { weights in
        guard let base = weights.baseAddress else { return }
        softmax(base, into: base, count: 3)
      }
      weights[image % 3] -= 1
      for element in 0..<24 {
        let slope = (0..<3).reduce(Float(0)) {
          $0 + weights[$1] * Self.classifier.weights[$1 * 24 + element]
        }
        guard abs(slope) > 1e-5 else { continue }
        let moved = min(1, max(0, clean[element] + (slope > 0 ? 0.1 : -0.1)))
        #expect(abs(pixels[image * 24 + element] - moved) < 1e-6)
        checked += 1
      }
    }
    #expect(checked > 1000)
    #expect(results.contains(where: \.success) && results.contains { !$0.success })
  }

  @Test("batches of the classifier's own size and few workers change nothing")
  func batches() throws {
    var served = Self.classifier
    served.batchSize = 7
    served.concurrency = 2
    for attack in [
      FGSM(epsilon: 0.1), BIM(epsilon: 0.2, stepSize: 0.05, iterations: 6, form: .last),
      BIM(epsilon: 0.2, stepSize: 0.05, iterations: 6, form: .firstMisclassified),
      JSMA(theta: 1, gamma: 0.4), JSMA(theta: 1, gamma: 0.4, jacobian: .logits),
    ] as [any Attack] {
      let (own, other) = try (run(attack, on: Self.classifier), run(attack, on: served, threads: 3))
      #expect(own.results == other.results, "\(attack)")
      #expect(own.pixels == other.pixels, "\(attack)")
    }
  }

  @Test("the first batch that a classifier refuses ends the work", arguments: [1, 3])
  func refusal(threads: Int) {
    var refusing = Self.classifier
    refusing.batchSize = 4
    refusing.refused = [17, 30, 59]
    #expect(throws: LinearClassifier.Refusal(firstPixel: 17)) {
      try run(FGSM(epsilon: 0.5), on: refusing, threads: threads)
    }
  }

  @Test("a classifier without gradients is refused before any image is read")
  func withoutGradients() {
    var plain = Self.classifier
    plain.capabilities = [.draws]
    let error = #expect(throws: ClassifierError.self) {
      try AttackRunner(attack: FGSM(epsilon: 0.1), classifier: plain, seed: 0)
    }
    #expect(
      error?.description
        == "model 'linear' gives no gradients, and the attack 'fgsm' needs them")
  }
}
