import Classifier
import Detection
import Foundation
import Tensor
import TestSupport
import Testing

/// Measures as attacks follow them.
@Suite struct ScoreGradientTests {
  static let shape = ImageShape(height: 8, width: 8, channels: 1)
  static let size = shape.count
  static let count = 12
  static let classifier = LinearClassifier(input: shape, classes: 4, seed: 1)
  static let pixels = RandomStream(seed: 6, stream: 0).uniform(
    count: count * size, bound: 60, pass: 0
  ).map { ($0 + 128).rounded(.down) / 255 }

  /// What the passes draw is what attacks draw, so that values can be compared.
  static let material = MeasureMaterial(
    classifier: classifier, seed: 3, passes: 6, purpose: RandomPurpose.attackDraws,
    trainingImages: LabeledImages(
      shape: shape,
      pixels: RandomStream(seed: 9, stream: 0).uniform(count: 400 * size, bound: 90, pass: 0)
        .map { UInt8($0 + 128) },
      labels: (0..<400).map { UInt8($0 % 4) }),
    parallelism: Parallelism(threads: 1))

  static let measures = [
    "softmax_std", "logit_std", "predictive_entropy", "mutual_information", "max_probability",
    "margin", "deterministic_max_probability", "softmax_variance", "energy", "kernel_density_2",
    "mahalanobis", "lid_6", "shift_1_0_l1", "crop_centre_6_l1", "five_crops_6_l1",
    "disagreement_shifts",
  ]

  func score(_ name: String, weight: Double = 1) throws -> PartsScore {
    let prepared = try MeasureCatalogue.differentiable(named: name).prepare(Self.material)
    let measure = try #require(prepared as? any DifferentiableMeasure)
    return try PartsScore(
      name: name, terms: measure.parts.map { PartsScore.Term($0, weight: weight) },
      material: Self.material, draws: 6)
  }

  /// Scores of all images, and their gradients.
  func evaluate(
    _ score: PartsScore, _ pixels: [Float] = pixels, draw: Int = 0
  ) throws -> (values: [Double], gradients: [Float]) {
    let worker = try score.makeWorker(capacity: Self.count)
    var gradients = [Float](repeating: .nan, count: pixels.count)
    let values = try gradients.withUnsafeMutableBufferPointer { gradients in
      try worker.score(
        pixels, indices: Array(0..<Self.count), draw: draw, gradient: gradients.baseAddress)
    }
    return (values, gradients)
  }

  @Test("a score is the measure itself, save where votes have a substitute", arguments: measures)
  func values(name: String) throws {
    guard !name.hasPrefix("disagreement") else { return }
    let batch = ImageBatch(
      indices: Array(0..<Self.count), pixels: Self.pixels, material: Self.material)
    let expected = try MeasureCatalogue.measure(named: name).prepare(Self.material)
      .values(of: batch)
    for (value, expected) in zip(try evaluate(score(name)).values, expected) {
      #expect(abs(value - expected) <= 1e-4 * max(1, abs(expected)), "\(name)")
    }
  }

  @Test(
    "the derivatives of what is read off draws agree with finite differences of the logits",
    arguments: measures[..<8])
  func derivatives(name: String) throws {
    let logits = RandomStream(seed: 7, stream: 0).uniform(count: 6 * 4, bound: 2, pass: 0)
    func value(_ logits: [Float]) throws -> (value: Double, slopes: [Float]) {
      var slopes = [Float](repeating: .nan, count: logits.count)
      let value = try logits.withUnsafeBufferPointer { logits in
        try slopes.withUnsafeMutableBufferPointer { slopes in
          let slopes = try #require(slopes.baseAddress)
          switch try score(name).terms[0].part {
          case .draws(let function): return function(logits, 4, slopes)
          case .logits(let function): return function(logits, slopes)
          default: throw DetectionError.cancelled
          }
        }
      }
      return (value, slopes)
    }
    let slopes = try value(logits).slopes
    #expect(slopes.contains { abs($0) > 1e-4 })
    for element in logits.indices {
      var (ahead, behind) = (logits, logits)
      ahead[element] += 0.01
      behind[element] -= 0.01
      let slope = (try value(ahead).value - value(behind).value) / 0.02
      #expect(abs(slope - Double(slopes[element])) < 1e-3, "\(name), logit \(element)")
    }
  }

  @Test(
    "gradients agree with finite differences",
    // The noise of this classifier's logits is the same for all images.
    arguments: measures.filter { $0 != "logit_std" })
  func gradients(name: String) throws {
    let score = try score(name)
    let gradients = try evaluate(score).gradients
    let lengths = (0..<Self.count).map { image in
      gradients[image * Self.size..<(image + 1) * Self.size].reduce(0.0) {
        $0 + Double($1) * Double($1)
      }.squareRoot()
    }
    // Within a longer step an image has other neighbours.
    let step = name.hasPrefix("lid") ? 0.0005 : 0.02
    func moved(_ sign: Double) -> [Float] {
      Self.pixels.indices.map {
        let length = max(lengths[$0 / Self.size], .leastNormalMagnitude)
        return Self.pixels[$0] + Float(sign * step * Double(gradients[$0]) / length)
      }
    }
    let (ahead, behind) = (
      try evaluate(score, moved(1)).values, try evaluate(score, moved(-1)).values
    )
    let errors = (0..<Self.count).filter { lengths[$0] > 1e-6 }.map {
      abs((ahead[$0] - behind[$0]) / (2 * step) - lengths[$0]) / lengths[$0]
    }.sorted()
    // Votes may all agree already.
    try #require(errors.count >= (name.hasPrefix("disagreement") ? 1 : 6), "\(name)")
    #expect(errors[errors.count / 2] < 0.02, "\(name): \(errors)")
  }

  @Test("a sum has the sum of its parts' values and gradients, each by its weight")
  func sums() throws {
    let names = ["softmax_std", "kernel_density_2", "crop_centre_6_l1", "energy"]
    let weights = [2.0, -0.5, 3, -1]
    let parts = try names.map { try evaluate(score($0)) }
    let terms = try zip(names, weights).flatMap { try score($0, weight: $1).terms }
    let whole = try evaluate(
      PartsScore(name: "sum", terms: terms, offset: 7, material: Self.material, draws: 6))
    for image in 0..<Self.count {
      let expected = 7 + zip(weights, parts).reduce(0) { $0 + $1.0 * $1.1.values[image] }
      #expect(abs(whole.values[image] - expected) < 1e-4 * max(1, abs(expected)))
    }
    for element in whole.gradients.indices {
      let expected = zip(weights, parts).reduce(0) { $0 + $1.0 * Double($1.1.gradients[element]) }
      #expect(abs(Double(whole.gradients[element]) - expected) < 1e-3)
    }
  }

  @Test("another draw is another score of what draws, and the same of what doesn't")
  func draws() throws {
    let (drawn, fixed) = (try score("softmax_std"), try score("energy"))
    #expect(try evaluate(drawn, draw: 6).values != evaluate(drawn).values)
    #expect(try evaluate(drawn, draw: 6).values == evaluate(drawn, draw: 6).values)
    #expect(try evaluate(fixed, draw: 6).values == evaluate(fixed).values)
    #expect(try drawn.makeWorker(capacity: 1).draws == 6)
    #expect(try fixed.makeWorker(capacity: 1).draws == 0)
  }

  @Test("a score of a model that lacks what it reads is refused")
  func refusals() throws {
    var plain = Self.classifier
    plain.capabilities = [.gradient]
    let material = MeasureMaterial(
      classifier: plain, seed: 3, passes: 6, trainingImages: nil,
      parallelism: Parallelism(threads: 1))
    #expect(throws: ClassifierError.self) {
      _ = try PartsScore(
        name: "softmax_std", terms: try score("softmax_std").terms, material: material, draws: 2)
    }
  }

  @Test("a logistic regression is the weighted sum that it says, boosted stumps are none")
  func weightedSums() throws {
    let encoded = """
      {"inputs": ["a", "b"], "intercept": 0.25, "learner": "logistic", "settings": {},
       "standardisation": {"deviations": [2, 0.5], "means": [1, -3]}, "weights": [0.5, -1.5]}
      """
    let fitted = try DetectorCatalogue.decode(Array(encoded.utf8))
    let sum = try #require(fitted.weightedSum)
    for values in [[0.0, 0], [1, 2], [-4, 9.5]] {
      let expected = sum.offset + zip(sum.factors, values).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(fitted.score(values) - expected) < 1e-12)
    }
  }
}
