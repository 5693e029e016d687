import Classifier
import Detection
import Foundation
import Tensor
import TestSupport
import Testing

/// Measures of a classifier that is no network.
@Suite struct ClassifierDetectionTests {
  static let shape = ImageShape(height: 3, width: 4, channels: 2)
  static let classifier = LinearClassifier(input: shape, classes: 3, seed: 1)
  static let pixels = RandomStream(seed: 6, stream: 0).uniform(count: 70 * 24, bound: 127, pass: 0)
    .map { ($0 + 128).rounded(.down) / 255 }

  func batch(_ classifier: LinearClassifier, threads: Int = 1) -> ImageBatch {
    let bytes = Self.pixels.map { UInt8(($0 * 255).rounded()) }
    let material = MeasureMaterial(
      classifier: classifier, seed: 3, passes: 5,
      trainingImages: LabeledImages(
        shape: Self.shape, pixels: bytes, labels: (0..<70).map { UInt8($0 % 3) }),
      parallelism: Parallelism(threads: threads))
    return ImageBatch(indices: Array(0..<70), pixels: Self.pixels, material: material)
  }

  func values(_ name: String, of batch: ImageBatch) throws -> [Double] {
    try MeasureCatalogue.measure(named: name).prepare(batch.material).values(of: batch)
  }

  @Test("logits, classes and energy are those of the classifier's own formula")
  func formula() throws {
    let batch = batch(Self.classifier)
    let energy = try values("energy", of: batch)
    for image in 0..<70 {
      let logits = try Self.classifier.logits(of: Array(Self.pixels[image * 24..<image * 24 + 24]))
      #expect(try Array(batch.logits[image * 3..<image * 3 + 3]) == logits)
      #expect(try batch.classes[image] == logits.firstIndex(of: logits.max() ?? 0))
      let expected = log(logits.reduce(0) { $0 + exp(Double($1)) })
      #expect(abs(energy[image] - expected) < 1e-9)
    }
  }

  @Test("batches of the classifier's own size and few workers change nothing")
  func batches() throws {
    var served = Self.classifier
    served.batchSize = 16
    served.concurrency = 2
    for name in ["softmax_std", "energy", "mahalanobis", "lid_5", "kernel_density_0.5"] {
      let own = try values(name, of: batch(Self.classifier))
      #expect(try values(name, of: batch(served, threads: 3)) == own, "\(name)")
    }
    #expect(try batch(served).uncertainties() == batch(Self.classifier).uncertainties())
  }

  @Test("the first batch that a classifier refuses ends the work", arguments: [1, 3])
  func refusal(threads: Int) throws {
    var refusing = Self.classifier
    refusing.batchSize = 4
    let (early, late) = (Self.pixels[17 * 24], Self.pixels[50 * 24])
    refusing.refused = [Int((early * 255).rounded()), Int((late * 255).rounded())]
    let first = (0..<70).first { image in
      refusing.refused.contains(Int((Self.pixels[image * 24] * 255).rounded()))
    }
    let expected = LinearClassifier.Refusal(
      firstPixel: Int((Self.pixels[try #require(first) * 24] * 255).rounded()))
    let batch = batch(refusing, threads: threads)
    #expect(throws: expected) { try batch.logits }
    #expect(throws: expected) { try batch.uncertainties() }
  }

  @Test("what the classifier lacks is said by name")
  func missing() throws {
    var plain = Self.classifier
    plain.capabilities = []
    let batch = batch(plain)
    #expect(
      throws: ClassifierError.missing(.draws, model: "linear", neededBy: "Monte Carlo dropout")
    ) { try batch.uncertainties() }
    #expect(
      throws: ClassifierError.missing(.features, model: "linear", neededBy: "a measure of features")
    ) { try values("mahalanobis", of: batch) }
    #expect(try values("energy", of: batch).count == 70)
  }
}
