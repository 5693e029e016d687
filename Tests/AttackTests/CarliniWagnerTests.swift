import Attack
import Classifier
import Foundation
import Tensor
import TestSupport
import Testing

/// Carlini and Wagner's attacks where the nearest adversarial image is known: on a linear classifier,
/// whose boundaries are planes, and at images so far from black and white that the box bounds none.
@Suite struct CarliniWagnerTests {
  static let size = 24
  static let count = 8
  static let shape = ImageShape(height: 3, width: 4, channels: 2)

  /// Nearly grey, labelled as the classifier sees it.
  static func images(_ classifier: LinearClassifier, spread: Int = 40) throws -> LabeledImages {
    let stream = RandomStream(seed: 5, stream: 0)
    let pixels = (0..<count * size).map {
      UInt8(128 - spread / 2 + stream.integer(below: spread, image: UInt32($0), pass: 0))
    }
    let labels = try (0..<count).map { image in
      let pixels = pixels[image * size..<(image + 1) * size].map { Float($0) / 255 }
      let logits = try classifier.logits(of: pixels)
      return UInt8(indexOfMaximum(logits, count: logits.count))
    }
    return LabeledImages(shape: shape, pixels: pixels, labels: labels)
  }

  static func run(
    _ attack: any Attack, on classifier: LinearClassifier, _ images: LabeledImages
  ) throws -> (results: [AdversarialImage], pixels: [Float]) {
    try AttackRunner(attack: attack, classifier: classifier, seed: 0).run(
      on: images, indices: Array(0..<count)[...], parallelism: Parallelism(threads: 1))
  }

  /// The logits of a clean image.
  static func logits(
    of image: Int, _ images: LabeledImages, _ classifier: LinearClassifier
  ) throws -> [Double] {
    let pixels = (0..<size).map { Float(images.pixels[image * size + $0]) / 255 }
    return try classifier.logits(of: pixels).map(Double.init)
  }

  /// The difference of two classes' weights.
  static func normal(_ classifier: LinearClassifier, _ a: Int, _ b: Int) -> [Double] {
    (0..<size).map {
      Double(classifier.weights[a * size + $0]) - Double(classifier.weights[b * size + $0])
    }
  }

  @Test(
    "L2 finds the nearest image of a linear classifier within 1%", arguments: [0, 2] as [Float])
  func nearest(confidence: Float) throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 3, seed: 1)
    let images = try Self.images(classifier)
    let attack = CarliniWagnerL2(
      goal: .untargeted, confidence: confidence,
      settings: .init(searchSteps: 12, iterations: 400, initialConstant: 0.1))
    let (results, _) = try Self.run(attack, on: classifier, images)
    for (image, result) in results.enumerated() {
      let label = Int(images.labels[image])
      let logits = try Self.logits(of: image, images, classifier)
      let nearest =
        (0..<3).filter { $0 != label }.map { other in
          let normal = Self.normal(classifier, label, other)
          return (logits[label] - logits[other] + Double(confidence))
            / normal.map { $0 * $0 }.reduce(0, +).squareRoot()
        }.min() ?? .nan
      #expect(result.success)
      #expect(result.l2 >= nearest * 0.9999, "image \(image)")
      #expect(result.l2 <= nearest * 1.01, "image \(image): \(result.l2) beside \(nearest)")
    }
  }

  @Test("L2 reaches its target, with two classes at the distance of the boundary")
  func target() throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 2, seed: 3)
    let images = try Self.images(classifier)
    let attack = CarliniWagnerL2(
      settings: .init(searchSteps: 12, iterations: 400, initialConstant: 0.1))
    let (results, _) = try Self.run(attack, on: classifier, images)
    for (image, result) in results.enumerated() {
      let label = Int(images.labels[image])
      let logits = try Self.logits(of: image, images, classifier)
      let normal = Self.normal(classifier, 0, 1).map { $0 * $0 }.reduce(0, +).squareRoot()
      #expect(result.target == 1 - label && result.success)
      #expect(abs(result.l2 * normal / (logits[label] - logits[1 - label]) - 1) < 0.01)
    }
  }

  @Test("more constants never give a farther image")
  func steps() throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 3, seed: 1)
    let images = try Self.images(classifier)
    var last: [AdversarialImage] = []
    for steps in 1...7 {
      let attack = CarliniWagnerL2(
        settings: .init(searchSteps: steps, iterations: 60, initialConstant: 0.01))
      let results = try Self.run(attack, on: classifier, images).results
      for (before, after) in zip(last, results) {
        #expect(after.success || !before.success)
        #expect(!before.success || after.l2 <= before.l2)
      }
      last = results
    }
    #expect(last.allSatisfy { $0.success })
  }

  @Test("other images of a batch decide nothing")
  func batches() throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 3, seed: 1)
    var served = classifier
    served.batchSize = 5
    let images = try Self.images(classifier)
    let attacks: [any Attack] = [
      CarliniWagnerL2(
        settings: .init(searchSteps: 5, iterations: 60, initialConstant: 0.01)),
      CarliniWagnerLinf(
        settings: .init(
          iterations: 30, learningRate: 0.02, initialConstant: 0.05, largestConstant: 1)),
      CarliniWagnerL0(
        settings: .init(
          iterations: 20, learningRate: 0.1, initialConstant: 0.5, largestConstant: 4)),
    ]
    for attack in attacks {
      let (one, other) = try (
        Self.run(attack, on: classifier, images), Self.run(attack, on: served, images)
      )
      #expect(one.results == other.results, "\(attack.name)")
      #expect(one.pixels == other.pixels, "\(attack.name)")
    }
  }

  @Test("an image that is adversarial as it is stays as it is")
  func misclassified() throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 3, seed: 1)
    let images = try Self.images(classifier)
    let wrong = LabeledImages(
      shape: images.shape, pixels: images.pixels, labels: images.labels.map { ($0 + 1) % 3 })
    for attack in [
      CarliniWagnerL2(goal: .untargeted), CarliniWagnerL0(goal: .untargeted),
      CarliniWagnerLinf(goal: .untargeted),
    ] as [any Attack] {
      let results = try Self.run(attack, on: classifier, wrong).results
      #expect(results.allSatisfy { $0.success && $0.l2 == 0 && $0.iterations == 0 })
    }
  }

  @Test("images of whole bytes are as adversarial, and hardly farther")
  func bytes() throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 3, seed: 1)
    let images = try Self.images(classifier)
    func attack(_ pixels: CarliniWagnerL2.Pixels) -> CarliniWagnerL2 {
      CarliniWagnerL2(
        settings: .init(searchSteps: 6, iterations: 100, initialConstant: 0.1), pixels: pixels)
    }
    let exact = try Self.run(attack(.exact), on: classifier, images)
    let rounded = try Self.run(attack(.bytes), on: classifier, images)
    #expect(rounded.pixels.allSatisfy { ($0 * 255).rounded() / 255 == $0 })
    #expect(exact.pixels.contains { ($0 * 255).rounded() / 255 != $0 })
    for (a, b) in zip(exact.results, rounded.results) {
      #expect(a.success && b.success)
      #expect(abs(a.l2 - b.l2) < 0.02)
    }
  }

  @Test("L-infinity comes within its last shrinking of the smallest box")
  func box() throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 2, seed: 3)
    let images = try Self.images(classifier)
    let attack = CarliniWagnerLinf(
      settings: .init(
        iterations: 300, learningRate: 0.005, initialConstant: 0.001, largestConstant: 20))
    let results = try Self.run(attack, on: classifier, images).results
    for (image, result) in results.enumerated() {
      let label = Int(images.labels[image])
      let logits = try Self.logits(of: image, images, classifier)
      let smallest =
        (logits[label] - logits[1 - label]) / Self.normal(classifier, 0, 1).map(abs).reduce(0, +)
      #expect(result.success)
      #expect(result.linf >= smallest * 0.9999)
      // The last box that holds an image is at most a ninth larger than one that holds none.
      #expect(result.linf <= max(smallest / 0.9 * 1.02, 1 / 256.0), "image \(image)")
    }
  }

  @Test("L0 changes as few pixels as a greedy choice of the largest gains, or two more")
  func pixels() throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 2, seed: 3)
    let images = try Self.images(classifier)
    let attack = CarliniWagnerL0(
      settings: .init(
        iterations: 200, learningRate: 0.05, initialConstant: 0.1, largestConstant: 1000))
    let (results, _) = try Self.run(attack, on: classifier, images)
    for (image, result) in results.enumerated() {
      let label = Int(images.labels[image])
      let logits = try Self.logits(of: image, images, classifier)
      let normal = Self.normal(classifier, 1 - label, label)
      var gains = [Double](repeating: 0, count: Self.size / 2)
      for element in 0..<Self.size {
        let value = Double(images.pixels[image * Self.size + element]) / 255
        gains[element / 2] += normal[element] * (normal[element] > 0 ? 1 - value : -value)
      }
      var (missing, fewest) = (logits[label] - logits[1 - label], 0)
      for gain in gains.sorted(by: >) where missing > 0 {
        missing -= gain
        fewest += 1
      }
      #expect(result.success)
      #expect(result.l0 >= fewest && result.l0 <= fewest + 2, "image \(image)")
    }
  }

  @Test("a target that cannot be reached leaves the clean image")
  func unreachable() throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 3, seed: 1)
    let images = try Self.images(classifier)
    let attack = CarliniWagnerL2(
      confidence: 1000, settings: .init(searchSteps: 3, iterations: 20, initialConstant: 1))
    let (results, pixels) = try Self.run(attack, on: classifier, images)
    #expect(pixels == images.pixels.map { Float($0) / 255 })
    #expect(results.allSatisfy { $0.l2 == 0 && $0.iterations > 0 })
  }

  @Test("an offset names the target, and all offsets together all other classes")
  func offsets() throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 3, seed: 1)
    for label in 0..<3 {
      let targets = try (1...2).map {
        try AttackRunner(
          attack: CarliniWagnerL2(targetOffset: $0), classifier: classifier, seed: 0
        ).target(image: 7, label: label)
      }
      #expect(targets == [(label + 1) % 3, (label + 2) % 3])
    }
  }

  @Test(
    "most of the masks that the attack knows answer as wanted, and those of a detector are others")
  func masks() throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 3, seed: 1)
    let images = try Self.images(classifier)
    func run(confidence: Float) throws -> [AdversarialImage] {
      try Self.run(
        CarliniWagnerMasks(
          masks: 8, confidence: confidence,
          settings: .init(
            searchSteps: 4, iterations: 80, learningRate: 0.05, initialConstant: 1,
            abortsEarly: false)),
        on: classifier, images
      ).results
    }
    let (near, sure) = try (run(confidence: 0), run(confidence: 3))
    for (near, sure) in zip(near, sure) {
      #expect(near.details["masks_misled"] ?? 0 >= 0.7)
      #expect(near.l2 < sure.l2)
      // A draw adds less than 1 to a logit, so that a lead of 3 holds under masks never seen.
      #expect(sure.success && sure.details["fresh_masks_misled"] == 1)
    }
    #expect(near.contains { $0.details["fresh_masks_misled"] ?? 1 < 1 })
  }
}
