import Detection
import Foundation
import Tensor
import Testing

@Suite struct LearnerTests {
  let fixture: DetectorFixture

  init() throws { fixture = try DetectorFixture() }

  func examples() throws -> DetectorExamples {
    let targets = try fixture.integers("targets")
    return try DetectorExamples(
      inputs: ["a", "b", "c", "d", "e"], values: fixture.doubles("inputs"),
      isAdversarial: targets.map { $0 == 1 }, groups: targets.indices.map { $0 / 4 },
      weights: fixture.doubles("sample_weights"))
  }

  func fit(
    _ learner: any DetectorLearner, _ examples: DetectorExamples, seed: UInt64 = 1,
    threads: Int = 1
  ) throws -> any FittedDetector {
    try learner.fit(
      examples, seed: seed, parallelism: Parallelism(threads: threads), progress: { _, _ in },
      isCancelled: { false })
  }

  @Test("logistic regression has scikit-learn's coefficients")
  func scikitLearn() throws {
    let (examples, expected) = (try examples(), try fixture.doubles("coefficients"))
    for (index, strength) in try fixture.doubles("strengths").enumerated() {
      let fitted = try #require(
        try fit(LogisticRegression(strength: strength), examples) as? FittedLogisticRegression)
      let found = fitted.weights + [fitted.intercept]
      for (coefficient, peer) in zip(found, expected[index * 6..<(index + 1) * 6]) {
        #expect(abs(coefficient - peer) < 1e-6 * max(1, abs(peer)), "C = \(strength)")
      }
      #expect(fitted.settings == ["strength": strength])
      #expect(fitted.terms.map(\.weight) == fitted.weights)
    }
  }

  @Test("at the minimum no finite difference of the penalised loss is far from zero")
  func finiteDifferences() throws {
    let (examples, strength) = (try examples(), 2.0)
    let fitted = try #require(
      try fit(LogisticRegression(strength: strength), examples) as? FittedLogisticRegression)
    let design = Standardisation(examples, rows: Array(0..<examples.count))
      .design(examples, rows: Array(0..<examples.count))
    func loss(_ parameters: [Double]) -> Double {
      var sum = parameters.dropLast().reduce(0) { $0 + $1 * $1 / 2 }
      for row in 0..<examples.count {
        let odds = (0..<6).reduce(0) { $0 + design[row * 6 + $1] * parameters[$1] }
        sum +=
          strength * examples.weights[row]
          * log1p(exp(examples.isAdversarial[row] ? -odds : odds))
      }
      return sum
    }
    let minimum = fitted.weights + [fitted.intercept]
    for index in minimum.indices {
      var (above, below) = (minimum, minimum)
      above[index] += 1e-4
      below[index] -= 1e-4
      #expect(abs(loss(above) - loss(below)) / 2e-4 < 1e-3)
      #expect(loss(above) > loss(minimum) && loss(below) > loss(minimum))
    }
  }

  @Test("cross-validation chooses the strength with the highest held-out accuracy")
  func strength() throws {
    let examples = try examples()
    let fitted = try fit(LogisticRegression(folds: 4), examples, seed: 5)
    let folds = try GroupedFolds(examples.groups, count: 4, seed: 5)
    for group in Set(examples.groups) {
      #expect(Set(zip(examples.groups, folds.folds).filter { $0.0 == group }.map(\.1)).count == 1)
    }
    var accuracies: [Double] = []
    for strength in LogisticRegression.strengths {
      var sum = 0.0
      for fold in 0..<4 {
        let (training, heldOut) = (folds.training(fold), folds.heldOut(fold))
        #expect(training.count + heldOut.count == 400 && heldOut.count >= 96)
        let part = try DetectorExamples(
          inputs: examples.inputs,
          values: training.flatMap { examples.values[$0 * 5..<($0 + 1) * 5] },
          isAdversarial: training.map { examples.isAdversarial[$0] },
          groups: training.map { examples.groups[$0] },
          weights: training.map { examples.weights[$0] })
        let detector = try fit(LogisticRegression(strength: strength), part)
        let right = heldOut.filter { row in
          let score = detector.score(Array(examples.values[row * 5..<(row + 1) * 5]))
          return (score > 0) == examples.isAdversarial[row]
        }
        func weight(_ rows: [Int]) -> Double { rows.reduce(0) { $0 + examples.weights[$1] } }
        sum += weight(right) / weight(heldOut)
      }
      accuracies.append(sum / 4)
    }
    let best = try #require(accuracies.max())
    let first = try #require(accuracies.firstIndex { $0 > best - 1e-9 })
    #expect(fitted.settings["strength"] == LogisticRegression.strengths[first])
    #expect(abs((fitted.settings["accuracy"] ?? 0) - best) < 1e-9)
    #expect(fitted.settings["folds"] == 4)
    #expect(LogisticRegression.strengths.first == 1e-4)
    #expect(abs((LogisticRegression.strengths.last ?? 0) - 1e4) < 1e-8)
  }

  @Test("fits don't depend on threads and come back from their record to the bit")
  func records() throws {
    let examples = try examples()
    for learner in [LogisticRegression(), BoostedStumps(rounds: 30)] as [any DetectorLearner] {
      let fitted = try fit(learner, examples)
      #expect(try fit(learner, examples, threads: 3).encoded == fitted.encoded)
      let back = try DetectorCatalogue.decode(fitted.encoded)
      #expect(back.encoded == fitted.encoded)
      #expect(back.learner == learner.name && back.inputs == examples.inputs)
      for row in 0..<20 {
        let values = Array(examples.values[row * 5..<(row + 1) * 5])
        #expect(back.score(values) == fitted.score(values))
      }
      for length in stride(from: 0, to: fitted.encoded.count - 1, by: 37) {
        #expect(throws: DetectionError.self) {
          try DetectorCatalogue.decode(Array(fitted.encoded[..<length]))
        }
      }
    }
    #expect(throws: DetectionError.self) {
      try DetectorCatalogue.decode(Array(#"{"learner":"nobody"}"#.utf8))
    }
  }

  @Test("inputs that divide the images, are the same for all or come twice are fitted")
  func degenerate() throws {
    let values = (0..<40).flatMap { row -> [Double] in
      let side = row < 20 ? -1.0 : 1.0
      return [side * (3 + Double(row % 7)), 5, side * (3 + Double(row % 7))]
    }
    let examples = try DetectorExamples(
      inputs: ["x", "constant", "copy"], values: values,
      isAdversarial: (0..<40).map { $0 >= 20 }, groups: Array(0..<20) + Array(0..<20))
    for learner in DetectorCatalogue.learners {
      let fitted = try fit(learner, examples)
      for row in 0..<40 {
        let score = fitted.score(Array(values[row * 3..<(row + 1) * 3]))
        #expect(score.isFinite && (score > 0) == (row >= 20), "\(learner.name)")
      }
      #expect(abs(fitted.terms[1].weight) < 1e-9)
    }
  }

  @Test("the first stump is the best of all, by exhaustive search")
  func firstStump() throws {
    let examples = try examples()
    var boosting = StumpBoosting(examples, rows: Array(0..<400), rate: 1)
    let stump = boosting.step(Parallelism(threads: 1))
    let scale = 400 / examples.weights.reduce(0, +)
    let prior = 1 / (1 + exp(-boosting.base))
    func gain(_ rows: [Int]) -> Double {
      let slope = rows.reduce(0) {
        $0 + scale * examples.weights[$1] * (prior - (examples.isAdversarial[$1] ? 1 : 0))
      }
      let curvature = rows.reduce(0) { $0 + scale * examples.weights[$1] } * prior * (1 - prior)
      return slope * slope / (curvature + 1) / 2
    }
    var best = (gain: 0.0, input: -1, cut: 0.0)
    for input in 0..<5 {
      let column = (0..<400).map { examples.values[$0 * 5 + input] }
      let sorted = column.sorted()
      // The quantiles that the learner tries.
      for place in (1..<256).map({ $0 * 400 / 256 }) {
        let low = (0..<400).filter { column[$0] <= sorted[place - 1] }
        let high = (0..<400).filter { column[$0] > sorted[place - 1] }
        let found = gain(low) + gain(high) - gain(Array(0..<400))
        if found > best.gain + 1e-9 { best = (found, input, sorted[place - 1]) }
      }
    }
    #expect(stump.input == best.input && abs(stump.gain - best.gain) < 1e-9)
    #expect(stump.cut >= best.cut)
    let column = (0..<400).map { examples.values[$0 * 5 + best.input] }
    #expect(column.allSatisfy { ($0 > stump.cut) == ($0 > best.cut) })
  }

  @Test("stumps learn a step that no line divides, and stop before they learn noise")
  func step() throws {
    let noise = RandomStream(seed: 8, stream: 0).uniform(count: 1200, bound: 1, pass: 0)
    let values = noise.map(Double.init)
    // Adversarial in the middle of the first input's range; the second says nothing.
    let targets = (0..<600).map { (abs(values[$0 * 2]) < 0.5) != ($0 % 10 == 0) }
    let examples = try DetectorExamples(
      inputs: ["x", "noise"], values: values, isAdversarial: targets, groups: Array(0..<600))
    let fitted = try fit(BoostedStumps(rounds: 150), examples)
    let right = (0..<600).count { row in
      (fitted.score([values[row * 2], 0]) > 0) == targets[row]
    }
    #expect(right >= 535)
    #expect(fitted.terms[0].weight > 0.8)
    #expect(try #require(fitted.settings["rounds"]) < 150)
    #expect(abs(fitted.terms.reduce(0) { $0 + $1.weight } - 1) < 1e-9)
  }

  @Test("examples that do not do, and cancelled work, throw")
  func refusals() throws {
    func examples(_ values: [Double], _ kinds: [Bool]) throws -> DetectorExamples {
      try DetectorExamples(
        inputs: ["x"], values: values, isAdversarial: kinds, groups: Array(kinds.indices))
    }
    #expect(throws: DetectionError.self) { try examples([1, 2], [true, true]) }
    #expect(throws: DetectionError.self) { try examples([1, .nan], [true, false]) }
    let few = try examples([1, 2], [true, false])
    let error = #expect(throws: DetectionError.self) { try fit(LogisticRegression(), few) }
    #expect(error?.description.contains("2 images are too few") == true)
    let many = try self.examples()
    for learner in DetectorCatalogue.learners {
      #expect(throws: DetectionError.cancelled) {
        try learner.fit(
          many, seed: 0, parallelism: Parallelism(threads: 1), progress: { _, _ in },
          isCancelled: { true })
      }
    }
    #expect(throws: DetectionError.self) { try DetectorCatalogue.named("nobody") }
  }
}
