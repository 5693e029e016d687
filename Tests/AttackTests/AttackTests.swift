import Attack
import Classifier
import NeuralNetwork
import Tensor
import Testing

/// A small network and images that all tests attack.
enum Target {
  static let shape = ImageShape(height: 16, width: 16, channels: 1)
  static let network: Network = {
    let architecture = Architecture.leNet(
      LeNetConfiguration(conv1: 3, conv2: 4, dense1: 12), input: shape, classes: 4)
    return Network(
      architecture: architecture, parameters: architecture.initialParameters(seed: 7))
  }()

  /// Noise, labelled as the network sees it, save every tenth image.
  static let images: LabeledImages = {
    let stream = RandomStream(seed: 3, stream: 0)
    let pixels = (0..<120 * 256).map {
      UInt8(stream.integer(below: 256, image: UInt32($0), pass: 0))
    }
    let blank = LabeledImages(
      shape: shape, pixels: pixels, labels: [UInt8](repeating: 0, count: 120))
    let classes = (try? predictions(of: 120) { blank.copyPixels(of: $0, into: $1) }) ?? []
    let labels = classes.enumerated().map { UInt8($0 % 10 == 0 ? ($1 + 1) % 4 : $1) }
    return LabeledImages(shape: shape, pixels: pixels, labels: labels)
  }()

  static func predictions(
    of count: Int, load: (Int, UnsafeMutablePointer<Float>) -> Void
  ) throws -> [Int] {
    let logits = try network.logits(count: count, parallelism: Parallelism(threads: 1), load: load)
    return (0..<count).map { image in
      let row = logits[image * 4..<image * 4 + 4]
      return row.firstIndex(of: row.max() ?? 0).map { $0 - row.startIndex } ?? -1
    }
  }

  static func clean(_ index: Int) -> [Float] {
    (0..<256).map { Float(images.pixels[index * 256 + $0]) / 255 }
  }

  /// The cross-entropy of an image at its label, in double precision from the logits.
  static func loss(_ image: [Float], label: Int) throws -> Double {
    let logits = try network.logits(count: 1, parallelism: Parallelism(threads: 1)) { _, pixels in
      pixels.update(from: image, count: image.count)
    }
    var gradient = logits
    var entropy = CrossEntropy()
    entropy.add(logits: logits, label: label, count: 4, scale: 1, gradient: &gradient)
    return entropy.loss
  }
}

/// An attack and how far it may go.
struct AttackCase: CustomTestStringConvertible {
  let attack: any Attack
  var linf: Double = 1
  var l0 = 256
  var testDescription: String { "\(attack)" }

  static let all: [AttackCase] = [
    AttackCase(attack: FGSM(epsilon: 0.1), linf: 0.1),
    AttackCase(
      attack: BIM(epsilon: 0.1, stepSize: 0.02, iterations: 12, form: .firstMisclassified),
      linf: 0.1),
    AttackCase(attack: BIM(epsilon: 0.1, stepSize: 0.02, iterations: 12, form: .last), linf: 0.1),
    AttackCase(attack: JSMA(theta: 1, gamma: 0.1), l0: 24),
    AttackCase(attack: JSMA(theta: -1, gamma: 0.1), l0: 24),
    AttackCase(attack: JSMA(theta: 0.3, gamma: 0.1), l0: 24),
    AttackCase(attack: JSMA(theta: 1, gamma: 0.1, jacobian: .logits), l0: 24),
  ]
}

@Suite struct AttackTests {
  func run(_ attack: any Attack, threads: Int = 1, seed: UInt64 = 0)
    throws -> (results: [AdversarialImage], pixels: [Float])
  {
    try AttackRunner(attack: attack, classifier: Target.network, seed: seed).run(
      on: Target.images, indices: Array(0..<120)[...], parallelism: Parallelism(threads: threads))
  }

  @Test("stays within bounds and keeps true books", arguments: AttackCase.all)
  func books(test: AttackCase) throws {
    let (results, pixels) = try run(test.attack)
    #expect(results.count == 120)
    #expect(pixels.allSatisfy { $0 >= 0 && $0 <= 1 })
    let predictions = try Target.predictions(of: 120) { index, destination in
      for pixel in 0..<256 { destination[pixel] = pixels[index * 256 + pixel] }
    }
    for (index, result) in results.enumerated() {
      let differences = zip(Target.clean(index), pixels[index * 256..<(index + 1) * 256])
        .map { abs(Double($0) - Double($1)) }
      #expect(result.l0 == differences.filter { $0 > 0 }.count)
      #expect(abs(result.l2 - differences.map { $0 * $0 }.reduce(0, +).squareRoot()) < 1e-9)
      #expect(abs(result.linf - (differences.max() ?? 0)) < 1e-9)
      #expect(result.linf <= test.linf + 1e-6)
      #expect(result.l0 <= test.l0)
      #expect(result.prediction == predictions[index])
      let label = Int(Target.images.labels[index])
      let isReached = result.target.map { $0 == result.prediction }
      #expect(result.success == (isReached ?? (result.prediction != label)))
      #expect(result.target != label)
      #expect((result.target != nil) == test.attack.isTargeted)
    }
    #expect(results.filter(\.success).count > 30)
  }

  @Test("the number of threads changes no bit", arguments: AttackCase.all)
  func threads(test: AttackCase) throws {
    let (one, three) = try (run(test.attack), run(test.attack, threads: 3))
    #expect(one.results == three.results)
    #expect(one.pixels == three.pixels)
  }

  @Test("an image's result does not depend on where the work was cut")
  func cuts() throws {
    let runner = try AttackRunner(
      attack: JSMA(theta: 1, gamma: 0.1), classifier: Target.network, seed: 0)
    let all = Array(0..<120)
    let parts = try [all[0..<50], all[50..<100], all[100..<120]].map {
      try runner.run(on: Target.images, indices: $0, parallelism: Parallelism(threads: 1))
    }
    let whole = try run(JSMA(theta: 1, gamma: 0.1))
    #expect(parts.flatMap(\.pixels) == whole.pixels)
    #expect(parts.flatMap(\.results) == whole.results)
  }

  @Test("FGSM moves each pixel by epsilon up the slope of the loss")
  func fastGradientSign() throws {
    let (_, pixels) = try run(FGSM(epsilon: 0.1))
    var checked = 0
    for index in 0..<6 {
      let clean = Target.clean(index)
      let label = Int(Target.images.labels[index])
      for pixel in Swift.stride(from: 0, to: 256, by: 11) {
        var (above, below) = (clean, clean)
        above[pixel] += 0.01
        below[pixel] -= 0.01
        let loss = try Target.loss(clean, label: label)
        let rise = try Target.loss(above, label: label) - loss
        let fall = try loss - Target.loss(below, label: label)
        // Where the two differ, a ReLU or a maximum switches in between.
        let slope = (rise + fall) / 0.02
        guard abs(slope) > 1e-3, abs(rise - fall) < 0.1 * abs(rise + fall) else { continue }
        let expected = min(1, max(0, clean[pixel] + (slope > 0 ? 0.1 : -0.1)))
        #expect(abs(pixels[index * 256 + pixel] - expected) < 1e-6)
        checked += 1
      }
    }
    #expect(checked > 40)
  }

  @Test("BIM with one step of epsilon is FGSM")
  func oneStep() throws {
    let one = try run(BIM(epsilon: 0.1, stepSize: 0.1, iterations: 1, form: .last))
    let fast = try run(FGSM(epsilon: 0.1))
    #expect(one.results.map(\.prediction) == fast.results.map(\.prediction))
    #expect(zip(one.pixels, fast.pixels).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("form A keeps the first misclassified iterate, form B the last")
  func forms() throws {
    func results(_ form: BIM.Form, iterations: Int) throws -> [AdversarialImage] {
      try run(BIM(epsilon: 0.1, stepSize: 0.02, iterations: iterations, form: form)).results
    }
    let first = try results(.firstMisclassified, iterations: 12)
    let last = try results(.last, iterations: 12)
    #expect(last.allSatisfy { $0.iterations == 12 })
    let byStep = try (1...12).map { try results(.last, iterations: $0) }
    for index in 0..<120 {
      let misclassified = byStep.firstIndex { $0[index].success }
      #expect(first[index].iterations == (misclassified ?? 11) + 1)
      #expect(first[index].prediction == byStep[misclassified ?? 11][index].prediction)
    }
    #expect(first.contains { $0.iterations > 1 && $0.success })
  }

  @Test("targets are drawn from the other classes, by seed and image")
  func targets() throws {
    let runner = try AttackRunner(
      attack: JSMA(theta: 1, gamma: 0.1), classifier: Target.network, seed: 1)
    let other = try AttackRunner(
      attack: JSMA(theta: 1, gamma: 0.1), classifier: Target.network, seed: 2)
    var counts = [Int](repeating: 0, count: 4)
    for image in 0..<3000 { counts[runner.target(image: image, label: 2)] += 1 }
    #expect(counts[2] == 0)
    #expect([0, 1, 3].allSatisfy { abs(counts[$0] - 1000) < 150 })
    let differs = (0..<100).contains {
      runner.target(image: $0, label: 2) != other.target(image: $0, label: 2)
    }
    #expect(differs)
  }
}
