import Attack
import Classifier
import Tensor
import TestSupport
import Testing

/// One-step attacks against their formulas, on a classifier whose gradients are known.
@Suite struct OneStepTests {
  static let shape = AccessTests.shape
  static let classifier = AccessTests.classifier
  static let images = AccessTests.images

  func run(
    _ name: String, _ values: [String: AttackValue], on classifier: LinearClassifier = classifier
  ) throws -> (results: [AdversarialImage], images: [[Float]]) {
    let kind = try AttackCatalogue.kind(named: name)
    let (results, pixels) = try AttackRunner(
      attack: kind.make(values), classifier: classifier, seed: 3, needs: kind.threat.needs
    ).run(
      on: Self.images, indices: Array(0..<30)[...], parallelism: Parallelism(threads: 2))
    return (results, (0..<30).map { Array(pixels[$0 * 24..<($0 + 1) * 24]) })
  }

  static func clean(_ image: Int) -> [Float] {
    images.pixels[image * 24..<(image + 1) * 24].map { Float($0) / 255 }
  }

  static func prediction(_ image: [Float]) throws -> Int {
    let logits = try classifier.logits(of: image)
    return logits.firstIndex(of: logits.max() ?? 0) ?? -1
  }

  /// The gradient of a weighted sum of logits.
  static func gradient(_ weights: [Float]) -> [Float] {
    (0..<24).map { element in
      (0..<3).reduce(Float(0)) { $0 + weights[$1] * classifier.weights[$1 * 24 + element] }
    }
  }

  static func crossEntropyGradient(_ image: Int) throws -> [Float] {
    var weights = try classifier.logits(of: clean(image))
    weights.withUnsafeMutableBufferPointer { weights in
      guard let base = weights.baseAddress else { return }
      softmax(base, into: base, count: 3)
    }
    weights[image % 3] -= 1
    return gradient(weights)
  }

  static func hotColdGradient(_ image: Int, rank: Int) throws -> [Float] {
    let (logits, label) = (try classifier.logits(of: clean(image)), image % 3)
    let others = [0, 1, 2].filter { $0 != label }.sorted { logits[$0] > logits[$1] }
    var weights = [Float](repeating: 0, count: 3)
    weights[others[rank - 1]] = abs(logits[others[rank - 1]])
    weights[label] = -logits[label]
    return gradient(weights)
  }

  static func length(_ vector: [Float], _ norm: String) -> Float {
    norm == "l2"
      ? vector.map { $0 * $0 }.reduce(0, +).squareRoot() : vector.map(abs).max() ?? 0
  }

  @Test(
    "the step follows the gradient, epsilon long in its norm",
    arguments: ["fgv", "hot-cold"], ["linf", "l2"])
  func formulas(name: String, norm: String) throws {
    for rank in name == "fgv" ? [1] : [1, 2] {
      var values: [String: AttackValue] = ["norm": .word(norm), "epsilon": .number(0.05)]
      if rank > 1 { values["rank"] = .number(Double(rank)) }
      let (results, moved) = try run(name, values)
      for image in 0..<30 {
        let direction =
          try name == "fgv"
          ? Self.crossEntropyGradient(image) : Self.hotColdGradient(image, rank: rank)
        let scale = 0.05 / Self.length(direction, norm)
        for (element, pixel) in Self.clean(image).enumerated() {
          #expect(abs(moved[image][element] - pixel - scale * direction[element]) < 1e-5)
        }
        #expect(results[image].iterations == 1)
        let reached = norm == "l2" ? results[image].l2 : results[image].linf
        #expect(abs(reached - 0.05) < 1e-5)
      }
    }
  }

  @Test(
    "the smallest step is the first byte image that is misclassified",
    arguments: ["fgsm-minimal", "fgv-minimal", "hot-cold-minimal"])
  func smallestSteps(name: String) throws {
    let (results, moved) = try run(name, [:])
    var searched = 0
    for image in 0..<30 {
      let clean = Self.clean(image)
      var direction =
        try name == "hot-cold-minimal"
        ? Self.hotColdGradient(image, rank: 1) : Self.crossEntropyGradient(image)
      let length = name == "fgsm-minimal" ? nil : Self.length(direction, "linf")
      direction = direction.map { value in
        length.map { value / $0 } ?? (value > 0 ? 1 : (value < 0 ? -1 : 0))
      }
      func moving(_ steps: Int) -> [Float] {
        zip(clean, direction).map { pixel, slope in
          (min(max(pixel + Float(steps) / 255 * slope, 0), 1) * 255).rounded() / 255
        }
      }
      #expect(moved[image].allSatisfy { abs($0 * 255 - ($0 * 255).rounded()) < 1e-4 })
      guard let step = results[image].details["smallest_step"] else {
        #expect(try Self.prediction(moving(255)) == image % 3)
        continue
      }
      let steps = Int((step * 255).rounded())
      #expect(results[image].success)
      // Sums in another order may round a value to the next byte.
      #expect(zip(moved[image], moving(steps)).allSatisfy { abs($0 - $1) < 1.01 / 255 })
      guard steps > 0 else { continue }
      #expect(try Self.prediction(moving(steps - 1)) == image % 3, "image \(image)")
      searched += 1
    }
    #expect(searched > 5)
  }

  @Test("a factor goes beyond the smallest step, and a limit ends the search")
  func scaleAndLimit() throws {
    let smallest = try run("fgsm-minimal", [:]).results
    let (beyond, _) = try run("fgsm-minimal", ["scale": .number(2)])
    for (one, two) in zip(smallest, beyond) where one.linf > 0 && one.linf < 0.2 {
      #expect(abs(two.linf - 2 * one.linf) < 1e-6)
      #expect(one.details == two.details)
    }
    let limited = try run("fgsm-minimal", ["largest_step": .number(0.02)]).results
    #expect(limited.allSatisfy { $0.linf <= 0.0201 })
    for (one, other) in zip(smallest, limited) { #expect(other.success == (one.linf <= 0.0201)) }
  }

  @Test("noise is as large as it may be, needs no gradients, and more draws are never worse")
  func noise() throws {
    var logitsOnly = Self.classifier
    logitsOnly.capabilities = []
    for norm in ["linf", "l2"] {
      let epsilon = norm == "linf" ? 0.1 : 0.3
      func noisy(_ samples: Double) throws -> (results: [AdversarialImage], images: [[Float]]) {
        try run(
          "noise",
          ["norm": .word(norm), "epsilon": .number(epsilon), "samples": .number(samples)],
          on: logitsOnly)
      }
      let (one, many) = (try noisy(1), try noisy(40))
      for image in 0..<30 {
        let reached = norm == "l2" ? one.results[image].l2 : one.results[image].linf
        #expect(abs(reached - epsilon) < 1e-5)
        func margin(_ pixels: [Float]) throws -> Float {
          let logits = try Self.classifier.logits(of: pixels)
          let label = image % 3
          return (0..<3).filter { $0 != label }.map { logits[$0] - logits[label] }.max() ?? 0
        }
        #expect(try margin(many.images[image]) >= margin(one.images[image]))
        #expect(many.results[image].iterations == 40)
      }
      #expect(many.results.contains { ($0.details["sample"] ?? 0) > 0 })
      #expect(Set(one.images).count == 30)
    }
  }

  @Test("every attack of the catalogue has a threat model and parameters that fit it")
  func catalogue() throws {
    for kind in AttackCatalogue.kinds {
      // AdaptiveAttackTests make those that need a detector.
      if !kind.knowsDetector {
        let attack = try kind.make([:])
        #expect(attack.name == kind.name)
        #expect(attack.isTargeted == (kind.threat.goal == .targeted) || kind.threat.goal == .either)
      }
      #expect(kind.parameters.allSatisfy { !$0.summary.isEmpty && $0.summary.count <= 90 })
      #expect(
        Set((kind.parameters + kind.options).map(\.name)).count
          == kind.parameters.count + kind.options.count, "\(kind.name)")
      // Options have no place in the values unless they are given.
      #expect(try kind.complete([:]).count == kind.parameters.count)
      if !kind.options.isEmpty {
        #expect(try kind.complete(["draws": .number(0)]) == kind.complete([:]))
        #expect(try kind.complete(["draws": .number(3)])["draws"] == .number(3))
      }
    }
    #expect(AttackCatalogue.study == ["fgsm", "bim-a", "bim-b", "jsma"])
  }
}
