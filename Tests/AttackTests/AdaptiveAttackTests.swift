import Attack
import Classifier
import Tensor
import TestSupport
import Testing

/// Attacks that know the detector.
@Suite struct AdaptiveAttackTests {
  static let shape = ImageShape(height: 6, width: 6, channels: 1)
  static let size = shape.count
  static let classifier = LinearClassifier(input: shape, classes: 3, seed: 1)
  static let images: LabeledImages = {
    let stream = RandomStream(seed: 5, stream: 0)
    let pixels = (0..<40 * size).map {
      60 + UInt8(stream.integer(below: 130, image: UInt32($0), pass: 0))
    }
    let labels = (0..<40).map { image -> UInt8 in
      let image = pixels[image * size..<(image + 1) * size].map { Float($0) / 255 }
      let logits = (0..<3).map { label in
        (0..<size).reduce(Float(0)) {
          $0 + classifier.weights[label * size + $1] * image[$1]
        }
      }
      return UInt8(logits.indices.max { logits[$0] < logits[$1] } ?? 0)
    }
    return LabeledImages(shape: shape, pixels: pixels, labels: labels)
  }()

  /// A detector that takes bright upper halves for adversarial.
  struct Brightness: DifferentiableScore {
    let name = "brightness"

    func makeWorker(capacity: Int) -> any DifferentiableScoreWorker { Worker() }

    static func value(_ image: UnsafePointer<Float>) -> Double {
      (0..<size / 2).reduce(0) { $0 + Double(image[$1]) }
    }

    final class Worker: DifferentiableScoreWorker {
      func score(
        _ images: UnsafePointer<Float>, indices: [Int], draw: Int,
        gradient: UnsafeMutablePointer<Float>?
      ) -> [Double] {
        for element in 0..<indices.count * size {
          gradient?[element] = element % size < size / 2 ? 1 : 0
        }
        return indices.indices.map { Brightness.value(images + $0 * size) }
      }
    }
  }

  static let defence = AttackedDefence(score: Brightness(), cleanImages: images)

  func run(
    _ name: String, _ values: [String: AttackValue] = [:], indices: [Int] = Array(0..<40),
    batch: Int = 16
  ) throws -> (results: [AdversarialImage], pixels: [Float]) {
    let kind = try AttackCatalogue.kind(named: name)
    let attack =
      kind.knowsDetector ? try kind.make(values, knowing: Self.defence) : try kind.make(values)
    return try AttackRunner(
      attack: attack, classifier: Self.classifier, seed: 4, batchSize: batch
    ).run(on: Self.images, indices: indices[...], parallelism: Parallelism(threads: 1))
  }

  func brightness(_ pixels: [Float]) -> [Double] {
    pixels.withUnsafeBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return [] }
      return stride(from: 0, to: pixels.count, by: Self.size).map { Brightness.value(base + $0) }
    }
  }

  static let methods = ["selective", "orthogonal", "lagrangian"]

  @Test("they mislead as often as BIM, within the budget, at a lower score", arguments: methods)
  func evasion(method: String) throws {
    let values: [String: AttackValue] = ["epsilon": .number(0.2), "iterations": .number(60)]
    let plain = try run("bim-b", values)
    let found = try run(method, values)
    #expect(found.results.allSatisfy { $0.linf <= 0.2 + 1e-6 })
    let misled = found.results.count { $0.success }
    #expect(misled >= plain.results.count { $0.success } - 1)
    #expect(misled > 30)
    let (before, after) = (brightness(plain.pixels), brightness(found.pixels))
    let lower = found.results.indices.count { after[$0] < before[$0] }
    #expect(lower >= 38, "\(lower)")
    for result in found.results where result.success {
      #expect((result.details["margin"] ?? 0) >= 0.04)
      #expect(result.details["score"] != nil && result.details["zero_gradients"] == 0)
    }
  }

  @Test("the Euclidean ball is kept, too", arguments: methods)
  func euclidean(method: String) throws {
    let found = try run(
      method, ["norm": .word("l2"), "epsilon": .number(0.8), "iterations": .number(40)])
    #expect(found.results.allSatisfy { $0.l2 <= 0.8 + 1e-5 })
    #expect(found.results.contains { $0.success })
  }

  @Test("a target is reached where one is wanted", arguments: methods)
  func targeted(method: String) throws {
    let found = try run(
      method, ["goal": .word("targeted"), "epsilon": .number(0.4), "iterations": .number(60)])
    #expect(found.results.allSatisfy { $0.target != nil })
    #expect(found.results.count { $0.success } > 30)
  }

  @Test("an image's result does not depend on its batch", arguments: methods + ["logit-matching"])
  func batches(method: String) throws {
    let values: [String: AttackValue] = ["iterations": .number(15)]
    let together = try run(method, values)
    let apart = try run(method, values, indices: [7, 30, 2], batch: 2)
    for (row, image) in [7, 30, 2].enumerated() {
      for pixel in 0..<Self.size {
        let difference =
          together.pixels[image * Self.size + pixel] - apart.pixels[row * Self.size + pixel]
        #expect(abs(difference) < 1e-5)
      }
    }
  }

  @Test("orthogonal steps keep what the other direction has reached")
  func orthogonal() throws {
    // Without clipping and with room enough, lowering the brightness leaves the lead in the logits.
    let values: [String: AttackValue] = [
      "norm": .word("l2"), "epsilon": .number(100), "step_size": .number(0.05),
      "iterations": .number(30),
    ]
    let (selective, orthogonal) = (try run("selective", values), try run("orthogonal", values))
    let kept = orthogonal.results.count { ($0.details["margin"] ?? -1) >= 0.05 }
    #expect(kept >= selective.results.count { ($0.details["margin"] ?? -1) >= 0.05 })
    let (one, other) = (brightness(orthogonal.pixels), brightness(Array(cleanPixels)))
    #expect(zip(one, other).count { $0 < $1 } >= 38)
  }

  private var cleanPixels: [Float] { Self.images.pixels.map { Float($0) / 255 } }

  @Test("matching brings the logits to those of a clean image of another class")
  func matching() throws {
    let found = try run(
      "logit-matching", ["epsilon": .number(0.5), "iterations": .number(100)])
    for result in found.results {
      let (first, last) = (result.details["loss_first"] ?? 0, result.details["loss_last"] ?? 1)
      #expect(last < first)
      #expect(result.linf <= 0.5 + 1e-6)
    }
    #expect(found.results.count { $0.success } > 35)
  }

  @Test("without a detector they cannot be made", arguments: methods + ["logit-matching"])
  func needsDetector(method: String) throws {
    let kind = try AttackCatalogue.kind(named: method)
    #expect(throws: AttackError.self) { _ = try kind.make([:]) }
  }
}
