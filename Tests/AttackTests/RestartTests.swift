import Attack
import Classifier
import NeuralNetwork
import Tensor
import Testing

/// Iterative attacks on a network.
@Suite struct RestartTests {
  static let ball = Ball(.linf, radius: 0.05)

  func run(_ attack: any Attack, seed: UInt64 = 0) throws
    -> (results: [AdversarialImage], pixels: [Float])
  {
    try AttackRunner(attack: attack, classifier: Target.network, seed: seed).run(
      on: Target.images, indices: Array(0..<120)[...], parallelism: Parallelism(threads: 2))
  }

  @Test("PGD from the clean image is the last iterate of BIM")
  func clean() throws {
    let pgd = try run(PGD(ball: Self.ball, stepSize: 0.01, iterations: 9, start: .clean))
    let bim = try run(BIM(epsilon: 0.05, stepSize: 0.01, iterations: 9, form: .last))
    #expect(pgd.pixels == bim.pixels)
    #expect(pgd.results.map(\.prediction) == bim.results.map(\.prediction))
  }

  @Test("one start more misleads no image less, and lowers the loss of none")
  func restarts() throws {
    let attacks: [(Int) -> any Attack] = [
      { PGD(ball: Self.ball, stepSize: 0.01, iterations: 6, restarts: $0) },
      { AutoPGD(loss: .logitsRatio, ball: Self.ball, iterations: 6, restarts: $0) },
    ]
    for attack in attacks {
      let (one, four) = try (run(attack(1)).results, run(attack(4)).results)
      for (first, last) in zip(one, four) {
        #expect(!first.success || last.success)
        let losses = (first.details["loss_last"], last.details["loss_last"])
        #expect(
          try #require(losses.0) <= (try #require(losses.1)) || !first.success && last.success)
      }
      #expect(four.contains { ($0.details["start"] ?? 0) > 1 })
      // Who was misled is not tried again.
      #expect(zip(one, four).allSatisfy { !$0.success || $0.iterations == $1.iterations })
    }
  }

  @Test("a start more of FAB never gives a larger change", arguments: Ball.Norm.allCases)
  func minimalChange(norm: Ball.Norm) throws {
    func changes(_ restarts: Int, seed: UInt64 = 0) throws -> [AdversarialImage] {
      try run(FAB(norm: norm, iterations: 5, targets: 3, restarts: restarts), seed: seed).results
    }
    let (one, three, other) = try (changes(1), changes(3), changes(3, seed: 1))
    // The first start is no random one, and each later one takes as many steps.
    #expect(zip(one, three).allSatisfy { $1.iterations == 3 * $0.iterations })
    for (first, last) in zip(one, three) where first.success {
      #expect(last.success && last.change(norm) <= first.change(norm))
    }
    #expect(zip(one, three).contains { $1.change(norm) < $0.change(norm) })
    #expect(three.contains { $0.details["start"] ?? 0 > 1 })
    #expect(three != other)
  }

  @Test("random starts differ by seed, image and restart")
  func starts() throws {
    let still = PGD(ball: Self.ball, stepSize: 0, iterations: 1)
    let (first, other) = try (run(still).pixels, run(still, seed: 1).pixels)
    #expect(first != other)
    for index in 0..<120 {
      let clean = Target.clean(index)
      let moved = first[index * 256..<(index + 1) * 256]
      let changes = zip(moved, clean).filter { 0.06...0.94 ~= $1 }.map { $0 - $1 }
      let mean = changes.reduce(0, +) / Float(changes.count)
      // Evenly spread: a mean of 0 and a mean square of a third of the bound's.
      let square = changes.reduce(0) { $0 + $1 * $1 } / Float(changes.count)
      #expect(abs(mean) < 0.01)
      #expect(abs(square - 0.0025 / 3) < 0.0002)
    }
  }

  @Test("attacks of many steps mislead at least as many images as one step does")
  func againstOneStep() throws {
    func count(_ attack: any Attack) throws -> Int {
      try run(attack).results.count(where: \.success)
    }
    let oneStep = try count(FGSM(epsilon: 0.05))
    let pgd = try count(PGD(ball: Self.ball, stepSize: 0.005, iterations: 20))
    #expect(pgd >= oneStep)
    for loss in AutoPGD.Loss.allCases {
      #expect(try count(AutoPGD(loss: loss, ball: Self.ball, iterations: 20)) >= pgd - 1)
    }
    // A minimal change below the bound is one that attacks within the bound must find.
    let fab = try run(FAB(norm: .linf, iterations: 30)).results
    #expect(fab.count { $0.success && $0.linf <= 0.05 } >= oneStep)
  }

  @Test("losses at the start and at the end are those of the images")
  func losses() throws {
    let attack = AutoPGD(loss: .crossEntropy, ball: Self.ball, iterations: 10)
    let (results, pixels) = try run(attack)
    for index in 0..<20 {
      let image = Array(pixels[index * 256..<(index + 1) * 256])
      let loss = try Target.loss(image, label: Int(Target.images.labels[index]))
      let last = try #require(results[index].details["loss_last"])
      #expect(abs(last - loss) < 1e-3 * (1 + loss))
      #expect(try #require(results[index].details["loss_first"]) <= last)
    }
  }
}

extension AdversarialImage {
  /// The length of the change in a norm.
  fileprivate func change(_ norm: Ball.Norm) -> Double { norm == .l2 ? l2 : linf }
}
