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
    // Each image leans towards one of the classes.
    let pixels = (0..<40 * size).map { element -> UInt8 in
      let (image, pixel) = element.quotientAndRemainder(dividingBy: size)
      let lean = classifier.weights[image % 3 * size + pixel] > 0 ? 60 : -60
      return UInt8(
        100 + lean + stream.integer(below: 50, image: UInt32(element), pass: 0))
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
    var values: [String: AttackValue] = ["epsilon": .number(0.4), "iterations": .number(60)]
    let plain = try run("bim-b", values)
    if method == "lagrangian" { values["weight"] = .number(0.1) }
    let found = try run(method, values)
    #expect(found.results.allSatisfy { $0.linf <= 0.4 + 1e-6 })
    let misled = found.results.count { $0.success }
    #expect(misled >= plain.results.count { $0.success } - 1)
    #expect(misled > 30)
    let (before, after) = (brightness(plain.pixels), brightness(found.pixels))
    let lower = found.results.indices.count { after[$0] < before[$0] }
    #expect(lower >= 36, "\(lower)")
    for result in found.results where result.success {
      #expect((result.details["margin"] ?? 0) >= 0.04)
      #expect(result.details["score"] != nil && result.details["zero_gradients"] == 0)
    }
  }

  @Test("the Euclidean ball is kept, too", arguments: methods)
  func euclidean(method: String) throws {
    let found = try run(
      method, ["norm": .word("l2"), "epsilon": .number(2), "iterations": .number(40)])
    #expect(found.results.allSatisfy { $0.l2 <= 2 + 1e-5 })
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

  @Test("orthogonal steps lower the score of images that stay ahead, with room enough")
  func orthogonal() throws {
    let found = try run(
      "orthogonal",
      [
        "norm": .word("l2"), "epsilon": .number(100), "step_size": .number(0.05),
        "iterations": .number(60),
      ])
    let ahead = found.results.indices.filter { found.results[$0].details["margin"] ?? -1 >= 0.05 }
    #expect(ahead.count >= 25)
    let clean = brightness(Self.images.pixels.map { Float($0) / 255 })
    let after = brightness(found.pixels)
    #expect(ahead.count { after[$0] < clean[$0] - 0.5 } >= 25)
  }

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
