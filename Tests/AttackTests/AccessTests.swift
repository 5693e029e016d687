import Attack
import Classifier
import Synchronization
import Tensor
import TestSupport
import Testing

/// Gradients through draws and transforms.
@Suite struct AccessTests {
  static let shape = ImageShape(height: 3, width: 4, channels: 2)
  static let classifier = LinearClassifier(input: shape, classes: 3, seed: 1)
  static let images: LabeledImages = {
    let stream = RandomStream(seed: 5, stream: 0)
    return LabeledImages(
      shape: shape,
      pixels: (0..<30 * 24).map {
        60 + UInt8(stream.integer(below: 130, image: UInt32($0), pass: 0))
      }, labels: (0..<30).map { UInt8($0 % 3) })
  }()

  static let accesses = [
    AttackAccess(), AttackAccess(draws: 4), AttackAccess(transform: Mixture(isRandom: false)),
    AttackAccess(draws: 3, transform: Mixture(isRandom: true)),
    AttackAccess(draws: 3, transform: Mixture(isRandom: false)),
  ]

  /// Mixes each value with its neighbour, by how much is drawn or depends on the copy.
  struct Mixture: AttackTransform {
    let name = "mixture"
    let copies = 2
    let isRandom: Bool

    private func share(_ index: Int, _ copy: Int) -> Float {
      let stream = RandomStream(seed: 9, stream: 0)
      return Float(stream.integer(below: 100, image: UInt32(index), pass: UInt32(copy))) / 100
    }

    func write(
      _ image: UnsafePointer<Float>, index: Int, copy: Int,
      into result: UnsafeMutablePointer<Float>
    ) {
      let share = share(index, copy)
      for place in 0..<24 {
        result[place] = share * image[place] + (1 - share) * image[(place + 1) % 24]
      }
    }

    func pullBack(
      _ gradient: UnsafePointer<Float>, count: Int, index: Int, copy: Int,
      into result: UnsafeMutablePointer<Float>
    ) {
      let share = share(index, copy)
      for place in 0..<count {
        result[place] =
          share * gradient[place] + (1 - share) * gradient[(place + count - 1) % count]
      }
    }
  }

  /// Notes the mean cross-entropy of each image with one element moved, and its slope there.
  struct Probe: Attack {
    let name = "probe"
    let element: Int
    let move: Float

    func perturb(_ batch: AttackBatch) throws {
      let members = Array(0..<batch.count)
      for member in members { batch.adversarial[member * batch.size + element] += move }
      let logits = try batch.logits(of: members)
      var losses = [Double](repeating: 0, count: batch.count)
      var draws = [Double](repeating: 0, count: batch.count)
      let gradient = try batch.inputGradient(from: logits, rows: batch.count) {
        row, logits, gradient in
        var loss = CrossEntropy()
        loss.add(
          logits: logits, label: batch.labels[row], count: batch.classes, scale: 1,
          gradient: gradient)
        losses[row] += loss.loss
        draws[row] += 1
      }
      for member in members {
        batch.record("loss", losses[member] / draws[member], of: member)
        batch.record("slope", Double(gradient[member * batch.size + element]), of: member)
        batch.record("draws", draws[member], of: member)
      }
    }
  }

  func details(
    _ attack: any Attack, _ access: AttackAccess, indices: ArraySlice<Int> = Array(0..<30)[...]
  ) throws -> [[String: Double]] {
    try AttackRunner(attack: attack, classifier: Self.classifier, seed: 4, access: access).run(
      on: Self.images, indices: indices, parallelism: Parallelism(threads: 2)
    ).results.map(\.details)
  }

  @Test("gradients are the slopes of the mean over draws and copies", arguments: accesses.indices)
  func slopes(number: Int) throws {
    let access = Self.accesses[number]
    let calls = [1, 4, 2, 6, 6][number]
    for element in [0, 7, 23] {
      let here = try details(Probe(element: element, move: 0), access)
      let ahead = try details(Probe(element: element, move: 0.02), access)
      let behind = try details(Probe(element: element, move: -0.02), access)
      for image in 0..<30 {
        let slope = try #require(here[image]["slope"])
        let difference =
          (try #require(ahead[image]["loss"]) - #require(behind[image]["loss"])) / 0.04
        #expect(abs(slope - difference) < 1e-3, "image \(image), element \(element)")
        #expect(here[image]["draws"] == Double(calls))
      }
    }
  }

  /// Asks about each image twice.
  struct Twice: Attack {
    let name = "twice"

    func perturb(_ batch: AttackBatch) throws {
      let members = Array(0..<batch.count)
      for question in ["first", "second"] {
        let logits = try batch.logits(of: members)
        for member in members {
          batch.record(question, Double(logits[member * batch.classes]), of: member)
        }
      }
    }
  }

  @Test("each question averages over draws of its own, which are the classifier's")
  func newDraws() throws {
    let noted = try details(Twice(), AttackAccess(draws: 3))
    let draws = Self.classifier.makeDraws(
      images: 30, passes: 6, seed: 4, purpose: RandomPurpose.attackDraws)
    for image in 0..<30 { Self.images.copyPixels(of: image, into: draws.input + image * 24) }
    let logits = try draws.forward(images: Array(0..<30))
    for image in 0..<30 {
      for (name, passes) in [("first", 0..<3), ("second", 3..<6)] {
        let mean = passes.reduce(Float(0)) { $0 + logits[(image * 6 + $1) * 3] } / 3
        #expect(abs(try #require(noted[image][name]) - Double(mean)) < 1e-5)
      }
    }
    #expect(noted.contains { $0["first"] != $0["second"] })
  }

  @Test("against one fixed draw, each question has the draws of the first one")
  func fixedDraws() throws {
    let fresh = try details(Twice(), AttackAccess(draws: 3))
    let fixed = try details(Twice(), AttackAccess(draws: 3, isFixed: true))
    let behind = try details(
      Twice(), AttackAccess(draws: 3, transform: Mixture(isRandom: true), isFixed: true))
    for image in 0..<30 {
      #expect(fixed[image]["first"] == fresh[image]["first"])
      #expect(fixed[image]["second"] == fixed[image]["first"])
      #expect(behind[image]["second"] == behind[image]["first"])
    }
  }

  /// Asks about some images more often than about others before it notes their slopes.
  struct Uneven: Attack {
    let name = "uneven"

    func perturb(_ batch: AttackBatch) throws {
      let members = Array(0..<batch.count)
      for round in 0..<2 {
        let some = members.filter { batch.images[$0] % 3 > round }
        if !some.isEmpty { _ = try batch.logits(of: some) }
      }
      let logits = try batch.logits(of: members)
      let gradient = try batch.crossEntropyGradient(of: members, logits: logits)
      for member in members {
        batch.record("slope", Double(gradient[member * batch.size]), of: member)
      }
    }
  }

  @Test("an image has the same draws whatever else is in its batch", arguments: accesses.indices)
  func batches(number: Int) throws {
    let together = try details(Uneven(), Self.accesses[number])
    for image in 0..<30 {
      let alone = try details(Uneven(), Self.accesses[number], indices: [image])
      #expect(alone == [together[image]], "image \(image)")
    }
  }

  /// White for black.
  struct Negative: AttackTransform {
    let name = "negative"
    let copies = 1
    let isRandom = false

    func write(
      _ image: UnsafePointer<Float>, index: Int, copy: Int,
      into result: UnsafeMutablePointer<Float>
    ) {
      for place in 0..<24 { result[place] = 1 - image[place] }
    }

    func pullBack(
      _ gradient: UnsafePointer<Float>, count: Int, index: Int, copy: Int,
      into result: UnsafeMutablePointer<Float>
    ) {
      for place in 0..<count { result[place] = -gradient[place] }
    }
  }

  @Test("an attack through a transform misleads the model behind it, and another does not")
  func throughTransform() throws {
    let bim = BIM(epsilon: 0.3, stepSize: 0.05, iterations: 10, form: .last)
    let noted = try details(bim, AttackAccess(transform: Negative()))
    let misled = noted.enumerated().filter { $1["defended_prediction"] != Double($0 % 3) }
    #expect(misled.count > 25)
    let (_, pixels) = try AttackRunner(attack: bim, classifier: Self.classifier, seed: 4).run(
      on: Self.images, indices: Array(0..<30)[...], parallelism: Parallelism(threads: 1))
    let answers = try (0..<30).map { image in
      let logits = try Self.classifier.logits(
        of: pixels[image * 24..<(image + 1) * 24].map { 1 - $0 })
      return logits.firstIndex(of: logits.max() ?? 0)
    }
    #expect(answers.enumerated().filter { $1 != $0 % 3 }.count < 15)
  }

  @Test("draws need gradients under draws, and what has none is refused before any work")
  func capabilities() throws {
    var plain = Self.classifier
    plain.capabilities = [.gradient]
    #expect(throws: ClassifierError.self) {
      try AttackRunner(
        attack: FGSM(epsilon: 0.1), classifier: plain, seed: 0, access: AttackAccess(draws: 2))
    }
    // A transform that draws needs no dropout.
    _ = try AttackRunner(
      attack: FGSM(epsilon: 0.1), classifier: plain, seed: 0,
      access: AttackAccess(draws: 2, transform: Mixture(isRandom: true)))
  }

  @Test("an attack ends within a step of being asked to stop")
  func stops() throws {
    let stop = CallCounter(limit: 7)
    let runner = try AttackRunner(
      attack: BIM(epsilon: 0.1, stepSize: 0.01, iterations: 1000, form: .last),
      classifier: Self.classifier, seed: 0)
    let error = #expect(throws: AttackError.self) {
      try runner.run(
        on: Self.images, indices: Array(0..<30)[...], parallelism: Parallelism(threads: 1),
        isCancelled: { stop.next() })
    }
    guard case .cancelled? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(stop.calls == 8)
  }
}

/// Says false a number of times, and then true.
private final class CallCounter: Sendable {
  private let limit: Int
  private let count = Mutex(0)

  init(limit: Int) { self.limit = limit }

  var calls: Int { count.withLock { $0 } }

  func next() -> Bool {
    count.withLock { count in
      count += 1
      return count > limit
    }
  }
}
