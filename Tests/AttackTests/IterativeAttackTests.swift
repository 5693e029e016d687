import Attack
import Classifier
import Tensor
import TestSupport
import Testing

/// Iterative attacks on classifiers whose best answers are known.
@Suite struct IterativeAttackTests {
  static let shape = ImageShape(height: 4, width: 5, channels: 1)
  static let size = shape.count

  /// Images so near to grey that a small change meets neither black nor white.
  static func greys(_ count: Int, labels: [UInt8]) -> LabeledImages {
    let stream = RandomStream(seed: 12, stream: 0)
    return LabeledImages(
      shape: shape,
      pixels: (0..<count * size).map {
        UInt8(60 + stream.integer(below: 136, image: UInt32($0), pass: 0))
      }, labels: labels)
  }

  static func image(_ index: Int, of images: LabeledImages) -> [Float] {
    var pixels = [Float](repeating: 0, count: images.shape.count)
    images.copyPixels(of: index, into: &pixels)
    return pixels
  }

  /// Grey images with the classes that a classifier gives them.
  static func known(by classifier: LinearClassifier, count: Int) throws -> LabeledImages {
    let blank = greys(count, labels: Array(repeating: 0, count: count))
    let labels = try (0..<count).map { index in
      let logits = try classifier.logits(of: image(index, of: blank))
      return UInt8(logits.firstIndex(of: logits.max() ?? 0) ?? 0)
    }
    return greys(count, labels: labels)
  }

  static func run(
    _ attack: any Attack, on classifier: LinearClassifier, images: LabeledImages, batch: Int = 50
  ) throws -> (results: [AdversarialImage], pixels: [Float]) {
    try AttackRunner(
      attack: attack, classifier: classifier, seed: 4, needs: [], batchSize: batch
    ).run(
      on: images, indices: Array(0..<images.count)[...], parallelism: Parallelism(threads: 1))
  }

  /// The difference of two classes' weights.
  static func lead(_ classifier: LinearClassifier, of rival: Int, over label: Int) -> [Float] {
    (0..<size).map {
      classifier.weights[rival * size + $0] - classifier.weights[label * size + $0]
    }
  }

  /// How far an image is from the boundary to each other class, by the norm of the change.
  static func distances(
    _ classifier: LinearClassifier, _ image: [Float], label: Int, norm: Ball.Norm
  ) -> [Double] {
    (0..<classifier.classCount).filter { $0 != label }.map { rival in
      let weights = lead(classifier, of: rival, over: label)
      let behind = -HyperplaneTests.product(weights, image)
      // The slope of the steepest change of length 1.
      let slope =
        norm == .l2
        ? euclideanLength(weights, count: size)
        : weights.reduce(0) { $0 + abs(Double($1)) }
      return behind / slope
    }
  }

  @Test("DeepFool goes to the nearest boundary of a linear classifier in one step")
  func deepFool() throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 5, seed: 3)
    let images = try Self.known(by: classifier, count: 60)
    let attack = DeepFool(iterations: 50, overshoot: 0.02, candidates: 10)
    let (results, _) = try Self.run(attack, on: classifier, images: images)
    var checked = 0
    for (index, result) in results.enumerated() {
      let image = Self.image(index, of: images)
      let nearest = try #require(
        Self.distances(classifier, image, label: Int(images.labels[index]), norm: .l2).min())
      guard nearest < 0.3 else { continue }
      #expect(result.success && result.iterations == 1)
      #expect(abs(result.l2 - 1.02 * (nearest + 1e-4)) < 1e-4)
      checked += 1
    }
    #expect(checked > 20)
  }

  @Test("DeepFool leaves alone what is misclassified already")
  func misclassified() throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 3, seed: 3)
    let known = try Self.known(by: classifier, count: 20)
    let wrong = Self.greys(20, labels: known.labels.map { ($0 + 1) % 3 })
    for attack in [
      DeepFool(iterations: 5, overshoot: 0.02, candidates: 3),
      FAB(norm: .l2, iterations: 5, targets: 2),
    ] as [any Attack] {
      let results = try Self.run(attack, on: classifier, images: wrong).results
      #expect(results.allSatisfy { $0.success && $0.l2 == 0 && $0.iterations == 0 })
    }
  }

  @Test("noise that misleads is not given up for noise that is taken for an outlier")
  func outlier() throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 3, seed: 3)
    let images = Self.greys(200, labels: (0..<200).map { UInt8($0 % 2) })
    let results = try (1...8).map { samples in
      try AttackRunner(
        attack: RandomNoise(norm: .linf, epsilon: 0.2, samples: samples), classifier: classifier,
        seed: 4, outlierClass: 2, needs: [], batchSize: 50
      ).run(
        on: images, indices: Array(0..<images.count)[...], parallelism: Parallelism(threads: 1)
      ).results
    }
    for (some, more) in zip(results, results.dropFirst()) {
      #expect(zip(some, more).allSatisfy { !$0.success || $1.success })
    }
    #expect(results.last?.contains { $0.prediction == 2 } == true)
  }

  @Test("FAB comes near to the smallest change there is", arguments: Ball.Norm.allCases)
  func fastAdaptiveBoundary(norm: Ball.Norm) throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 4, seed: 3)
    let images = try Self.known(by: classifier, count: 40)
    let (results, _) = try Self.run(
      FAB(norm: norm, iterations: 20), on: classifier, images: images)
    var checked = 0
    for (index, result) in results.enumerated() {
      let image = Self.image(index, of: images)
      let nearest = try #require(
        Self.distances(classifier, image, label: Int(images.labels[index]), norm: norm).min())
      guard nearest < (norm == .l2 ? 0.3 : 0.1) else { continue }
      #expect(result.success)
      let found = norm == .l2 ? result.l2 : result.linf
      #expect(found >= nearest - 1e-4 && found <= 1.055 * nearest + 1e-4)
      checked += 1
    }
    #expect(checked > 10)
  }

  @Test(
    "attacks in a ball find the lowest margin of two classes there",
    arguments: Ball.Norm.allCases)
  func lowestMargin(norm: Ball.Norm) throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 2, seed: 3)
    let images = try Self.known(by: classifier, count: 30)
    let ball = Ball(norm, radius: norm == .l2 ? 0.3 : 0.1)
    for attack in [
      PGD(ball: ball, stepSize: ball.radius / 4, iterations: 60),
      PGD(ball: ball, stepSize: ball.radius / 4, iterations: 60, start: .clean),
      AutoPGD(loss: .crossEntropy, ball: ball, iterations: 60),
      AutoPGD(loss: .logitsRatio, ball: ball, iterations: 60),
      AutoPGD(loss: .targetedLogitsRatio, ball: ball, iterations: 60),
    ] as [any Attack] {
      let (results, pixels) = try Self.run(attack, on: classifier, images: images)
      for (index, result) in results.enumerated() {
        let label = Int(images.labels[index])
        let weights = Self.lead(classifier, of: 1 - label, over: label)
        let image = Self.image(index, of: images)
        let moved = Array(pixels[index * Self.size..<(index + 1) * Self.size])
        let slope =
          norm == .l2
          ? euclideanLength(weights, count: Self.size)
          : weights.reduce(0) { $0 + abs(Double($1)) }
        let highest = HyperplaneTests.product(weights, image) + Double(ball.radius) * slope
        #expect(
          HyperplaneTests.product(weights, moved) > highest - 0.01 * slope * Double(ball.radius))
        #expect(result.success == (highest > 0) || abs(highest) < 0.02)
        #expect((norm == .l2 ? result.l2 : result.linf) <= Double(ball.radius) + 1e-6)
      }
    }
  }

  @Test("Square finds nearly all that can be found, without gradients")
  func square() throws {
    var classifier = LinearClassifier(input: Self.shape, classes: 4, seed: 3)
    classifier.capabilities = []
    let images = try Self.known(by: classifier, count: 60)
    let (results, _) = try Self.run(
      SquareAttack(epsilon: 0.1, queries: 600, initialShare: 0.8), on: classifier, images: images)
    var (possible, found) = (0, 0)
    for (index, result) in results.enumerated() {
      let image = Self.image(index, of: images)
      let nearest = try #require(
        Self.distances(classifier, image, label: Int(images.labels[index]), norm: .linf).min())
      #expect(result.linf <= 0.1 + 1e-6)
      #expect(result.details["queries"] == Double(result.iterations))
      #expect(result.iterations <= 600 && (result.success || result.iterations == 600))
      #expect(!result.success || nearest < 0.1)
      if nearest < 0.095 { possible += 1 }
      if nearest < 0.095, result.success { found += 1 }
    }
    #expect(possible > 20 && found > possible * 9 / 10)
  }

  @Test("squares shrink by the published schedule")
  func schedule() {
    let attack = SquareAttack(epsilon: 0.3, queries: 5000, initialShare: 0.8)
    let sides = [0, 10, 11, 51, 201, 501, 1001, 2001, 4001, 6001, 8001].map {
      attack.side(query: $0, of: 28, by: 28)
    }
    #expect(sides == [25, 25, 18, 13, 9, 6, 4, 3, 2, 2, 1])
    #expect(attack.side(query: 0, of: 8, by: 28) == 8)
  }

  @Test("checkpoints come after 22% of the steps and ever sooner, down to 6%")
  func checkpoints() {
    func steps(_ iterations: Int) -> [Int] {
      AutoPGD(loss: .crossEntropy, ball: Ball(.linf, radius: 0.1), iterations: iterations)
        .checkpoints.sorted()
    }
    #expect(steps(100) == [22, 41, 57, 70, 80, 87, 93, 99])
    #expect(steps(10) == [2, 3, 4, 5, 6, 7, 8, 9, 10])
  }

  @Test("a step is halved when the loss swings or stands still")
  func halving() {
    func halves(_ losses: [Double], in length: inout StepLength) -> Bool {
      for loss in losses { _ = length.note(loss) }
      return length.halves()
    }
    var length = StepLength(1)
    // Four of four steps rise, then three of four, then four of four below the largest.
    #expect(!halves([0, 1, 2, 3, 10], in: &length))
    #expect(halves([11, 12, 13, 9], in: &length))
    #expect(!halves([1, 2, 3, 4, 5], in: &length))
    #expect(halves([5.1, 5.2, 5.3, 5.4], in: &length))
    #expect(length.length == 0.25)
  }

  @Test("no result depends on the batch, and no start either")
  func batches() throws {
    let classifier = LinearClassifier(input: Self.shape, classes: 4, seed: 3)
    let images = try Self.known(by: classifier, count: 40)
    for attack in Self.all {
      let whole = try Self.run(attack, on: classifier, images: images)
      let parts = try Self.run(attack, on: classifier, images: images, batch: 7)
      #expect(whole.results == parts.results, "\(attack)")
      #expect(whole.pixels == parts.pixels, "\(attack)")
    }
  }

  static let all: [any Attack] = [
    PGD(ball: Ball(.linf, radius: 0.05), stepSize: 0.01, iterations: 8, restarts: 3),
    PGD(ball: Ball(.l2, radius: 0.15), stepSize: 0.03, iterations: 8, restarts: 3),
    AutoPGD(loss: .crossEntropy, ball: Ball(.linf, radius: 0.05), iterations: 12, restarts: 2),
    AutoPGD(loss: .logitsRatio, ball: Ball(.l2, radius: 0.15), iterations: 12, restarts: 2),
    AutoPGD(loss: .targetedLogitsRatio, ball: Ball(.linf, radius: 0.05), iterations: 12),
    SquareAttack(epsilon: 0.05, queries: 40, initialShare: 0.8),
    DeepFool(iterations: 10, overshoot: 0.02, candidates: 10),
    FAB(norm: .linf, iterations: 10, restarts: 3), FAB(norm: .l2, iterations: 10, restarts: 3),
  ]
}
