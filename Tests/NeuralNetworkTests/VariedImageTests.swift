import Classifier
import NeuralNetwork
import Tensor
import Testing

/// What training makes of its images: shifted, mirrored and attacked ones.
@Suite struct VariedImageTests {
  static let shape = ImageShape(height: 5, width: 4, channels: 3)

  /// Images of which each shift and reflection differs from all others.
  static let images = LabeledImages(
    shape: shape,
    pixels: (0..<8 * shape.count).map { UInt8(1 + ($0 * 37 + $0 / shape.count * 11) % 255) },
    labels: (0..<8).map { UInt8($0 % 2) })

  private func train(
    _ images: LabeledImages = Self.images, epochs: Int, seed: UInt64 = 3, threads: Int = 1,
    augmentation: Augmentation? = nil, adversarial: AdversarialTraining? = nil,
    interruptedAfter steps: Int? = nil
  ) throws -> (trainer: Trainer, seen: [[Float]]) {
    let log = Probe.Log()
    let architecture = Architecture(
      name: "probed",
      layers: [
        Probe(input: images.shape, log: log),
        Dense(name: "dense", input: images.shape, outputs: 2),
      ])
    func trainer(_ state: TrainingState?) -> Trainer {
      Trainer(
        architecture: architecture,
        plan: TrainingPlan(
          optimizer: .adam(learningRate: 0.01), batchSize: images.count, epochs: epochs,
          augmentation: augmentation, adversarial: adversarial),
        images: images, seed: seed, parallelism: Parallelism(threads: threads), resuming: state)
    }
    var current = trainer(nil)
    while !current.isFinished {
      if current.state.step == steps {
        let state = try #require(TrainingState(bytes: current.state.bytes))
        current = trainer(state)
      }
      _ = current.step()
    }
    return (current, log.seen)
  }

  /// The image moved down and to the right, after it was mirrored if so asked.
  private static func moved(_ image: Int, down: Int, right: Int, mirrored: Bool) -> [Float] {
    var moved: [Float] = []
    for y in 0..<shape.height {
      for x in 0..<shape.width {
        for channel in 0..<shape.channels {
          let (row, place) = (y - down, x - right)
          guard (0..<shape.height).contains(row), (0..<shape.width).contains(place) else {
            moved.append(0)
            continue
          }
          let column = mirrored ? shape.width - 1 - place : place
          let index = ((image * shape.height + row) * shape.width + column) * shape.channels
          moved.append(Float(images.pixels[index + channel]) / 255)
        }
      }
    }
    return moved
  }

  @Test("every image is seen shifted and mirrored, each way as often as the others")
  func augmentation() throws {
    let epochs = 150
    var ways: [[Float]: [Int]] = [:]
    for image in 0..<Self.images.count {
      for down in -1...1 {
        for right in -1...1 {
          for mirrored in [false, true] {
            ways[Self.moved(image, down: down, right: right, mirrored: mirrored)] = [
              image, down, right, mirrored ? 1 : 0,
            ]
          }
        }
      }
    }
    #expect(ways.count == 8 * 18)
    let seen = try train(epochs: epochs, augmentation: Augmentation(shift: 1, flip: true)).seen
    #expect(seen.count == epochs * 8)
    var counts: [[Int]: Int] = [:]
    for image in seen { counts[try #require(ways[image]), default: 0] += 1 }
    for image in 0..<8 {
      #expect(counts.filter { $0.key[0] == image }.values.reduce(0, +) == epochs)
    }
    // 1,200 draws: six standard deviations about a third and a half.
    for (place, values) in [(1, [-1, 0, 1]), (2, [-1, 0, 1]), (3, [0, 1])] {
      for value in values {
        let count = counts.filter { $0.key[place] == value }.values.reduce(0, +)
        #expect(abs(count - seen.count / values.count) < 104, "\(place), \(value): \(count)")
      }
    }
  }

  @Test("varied images depend on the seed, not on threads or interruptions")
  func determinism() throws {
    let augmentation = Augmentation(shift: 2, flip: true)
    let adversarial = AdversarialTraining(
      epsilon: 0.1, stepSize: 0.05, iterations: 3, share: 0.5)
    // 150 images are three shards, which two threads share.
    func state(
      seed: UInt64 = 3, threads: Int = 1, interruptedAfter steps: Int? = nil
    ) throws -> TrainingState {
      try train(
        TrainerTests.images, epochs: 4, seed: seed, threads: threads, augmentation: augmentation,
        adversarial: adversarial, interruptedAfter: steps
      ).trainer.state
    }
    let undisturbed = try state()
    #expect(try state(threads: 2) == undisturbed)
    #expect(try state(interruptedAfter: 1) == undisturbed)
    #expect(try state(threads: 3, interruptedAfter: 3) == undisturbed)
    #expect(try state(seed: 4).parameters != undisturbed.parameters)
  }

  @Test(
    "the attack stays within epsilon and within pixels, on its share of the images",
    arguments: [0.25, 1])
  func attack(share: Double) throws {
    let adversarial = AdversarialTraining(
      epsilon: 0.2, stepSize: 0.07, iterations: 5, share: share)
    let (_, seen) = try train(epochs: 60, adversarial: adversarial)
    let originals = (0..<8).map { Self.moved($0, down: 0, right: 0, mirrored: false) }
    var attacked = 0
    for image in seen {
      let distances = originals.map { original in
        zip(image, original).map { abs($0 - $1) }.max() ?? 1
      }
      let distance = try #require(distances.min())
      #expect(distance < 0.2 + 1e-6)
      #expect(image.allSatisfy { (0...1).contains($0) })
      if distance > 0 { attacked += 1 }
    }
    // 480 draws: six standard deviations.
    #expect(abs(Double(attacked) - share * 480) <= 6 * (480 * share * (1 - share)).squareRoot())
  }

  @Test("without a random start, an attack of one step is the gradient's sign")
  func oneStep() throws {
    let adversarial = AdversarialTraining(
      epsilon: 0.3, stepSize: 0.1, iterations: 1, randomStart: false)
    let (trainer, seen) = try train(epochs: 1, adversarial: adversarial)
    // Of a linear network with two classes, the loss rises along the other class's weights minus
    // those of the label.
    let weights = trainer.architecture.initialParameters(seed: 3)
    let size = Self.shape.count
    for (image, label) in Self.images.labels.enumerated() {
      let original = Self.moved(image, down: 0, right: 0, mirrored: false)
      let expected = original.indices.map { index -> Float in
        let slope =
          weights[(1 - Int(label)) * size + index] - weights[Int(label) * size + index]
        return min(1, max(0, original[index] + (slope > 0 ? 0.1 : slope < 0 ? -0.1 : 0)))
      }
      #expect(seen.contains { zip($0, expected).allSatisfy { abs($0 - $1) < 1e-6 } })
    }
  }

  @Test("adversarial training gives up what an attack can turn around, for what it cannot")
  func robustness() throws {
    // A patch shows the class strongly, in nine images of ten; all other pixels show it weakly.
    let shape = ImageShape(height: 8, width: 8, channels: 1)
    let stream = RandomStream(seed: 5, stream: 0)
    let labels = (0..<200).map { UInt8($0 % 2) }
    let pixels = labels.enumerated().flatMap { image, label -> [UInt8] in
      let sign = label == 1 ? 1 : -1
      return (0..<shape.count).map { index in
        let noise =
          stream.integer(below: 61, image: UInt32(image), pass: 0, block: UInt32(index)) - 30
        let isPatch = index % 8 < 2 && index / 8 < 2
        let patch = image % 20 < 18 ? 80 * sign : -80 * sign
        return UInt8(128 + noise + (isPatch ? patch : 12 * sign))
      }
    }
    let images = LabeledImages(shape: shape, pixels: pixels, labels: labels)
    let plain = try train(images, epochs: 300).trainer
    let robust = try train(
      images, epochs: 300,
      adversarial: AdversarialTraining(epsilon: 0.1, stepSize: 0.05, iterations: 5)
    ).trainer
    #expect(Self.accuracy(of: plain, on: images, epsilon: 0) > 0.85)
    #expect(Self.accuracy(of: plain, on: images, epsilon: 0.1) < 0.3)
    #expect(Self.accuracy(of: robust, on: images, epsilon: 0) > 0.8)
    #expect(Self.accuracy(of: robust, on: images, epsilon: 0.1) > 0.8)
  }

  /// The accuracy of a linear network under the strongest attack within epsilon.
  private static func accuracy(
    of trainer: Trainer, on images: LabeledImages, epsilon: Float
  ) -> Double {
    let parameters = trainer.state.parameters
    let size = images.shape.count
    let difference = (0..<size).map { parameters[size + $0] - parameters[$0] }
    let bias = parameters[2 * size + 1] - parameters[2 * size]
    let correct = images.labels.enumerated().filter { image, label in
      let sign: Float = label == 1 ? 1 : -1
      let margin = (0..<size).reduce(bias) {
        $0 + difference[$1] * Float(images.pixels[image * size + $1]) / 255
      }
      return sign * margin - epsilon * difference.reduce(0) { $0 + abs($1) } > 0
    }
    return Double(correct.count) / Double(images.count)
  }
}
