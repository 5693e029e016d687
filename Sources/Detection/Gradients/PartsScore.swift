public import Classifier
internal import Tensor

/// A weighted sum of parts, whose gradient goes back through the classifier.
///
/// What several parts need is computed once. High means adversarial, as the weights have it.
public struct PartsScore: DifferentiableScore {
  /// A part and how much it counts.
  public struct Term: Sendable {
    /// The part.
    public let part: ScorePart
    /// Its factor.
    public let weight: Double

    /// Joins a part and a factor.
    public init(_ part: ScorePart, weight: Double) {
      self.part = part
      self.weight = weight
    }
  }

  /// What is scored.
  public let name: String
  /// What is summed.
  public let terms: [Term]
  /// What the sum begins with.
  public let offset: Double
  /// The model, and what its transforms take.
  public let material: MeasureMaterial
  /// How many stochastic passes a score averages over.
  public let draws: Int

  /// Joins parts.
  ///
  /// - Parameters:
  ///   - name: What is scored.
  ///   - terms: What is summed.
  ///   - offset: What the sum begins with.
  ///   - material: The model and its transforms.
  ///   - draws: How many stochastic passes a score averages over, two or more.
  /// - Throws: `ClassifierError` if the model lacks what a part needs; what making a transform throws.
  public init(
    name: String, terms: [Term], offset: Double = 0, material: MeasureMaterial, draws: Int
  ) throws {
    precondition(draws > 1, "one draw has no deviation")
    self.name = name
    self.terms = terms
    self.offset = offset
    self.material = material
    self.draws = draws
    for term in terms {
      try material.classifier.require(term.part.needs, for: "an attack on '\(name)'")
      if case .copies(let specification, _) = term.part {
        _ = try material.transform(specification)
      }
    }
  }

  /// Makes one worker's memory.
  public func makeWorker(capacity: Int) throws -> any DifferentiableScoreWorker {
    try PartsWorker(self, capacity: capacity)
  }
}

/// One worker's memory for a sum of parts.
private final class PartsWorker: DifferentiableScoreWorker {
  private let size: Int
  private let classes: Int
  private let offset: Double
  let draws: Int
  private let ofLogits: [(function: ScorePart.OfLogits, weight: Double)]
  private let ofDraws: [(function: ScorePart.OfDraws, weight: Double)]
  private let ofCopies: [CopiesOfImages]
  private let ofFeatures: [FeaturesOfImages]
  /// The image itself, with nothing random; nil if no part needs it.
  private let own: (any ClassifierPass)?
  private let drawn: (any ClassifierDrawnPass)?

  init(_ score: PartsScore, capacity: Int) throws {
    let classifier = score.material.classifier
    size = classifier.input.count
    classes = classifier.classCount
    offset = score.offset
    var logits: [(ScorePart.OfLogits, Double)] = []
    var drawn: [(ScorePart.OfDraws, Double)] = []
    var copies: [CopiesOfImages] = []
    var features: [FeaturesOfImages] = []
    for term in score.terms {
      switch term.part {
      case .logits(let function): logits.append((function, term.weight))
      case .draws(let function): drawn.append((function, term.weight))
      case .copies(let specification, let function):
        if let known = copies.first(where: { $0.name == specification.name }) {
          known.functions.append((function, term.weight))
        } else {
          let made = try CopiesOfImages(
            specification, transform: score.material.transform(specification),
            capacity: capacity, of: classifier)
          made.functions.append((function, term.weight))
          copies.append(made)
        }
      case .features(let function):
        if let known = features.first(where: { $0.layer == function.layer }) {
          known.functions.append((function, term.weight))
        } else {
          let made = try FeaturesOfImages(function.layer, capacity: capacity, of: classifier)
          made.functions.append((function, term.weight))
          features.append(made)
        }
      }
    }
    ofLogits = logits
    ofDraws = drawn
    ofCopies = copies
    ofFeatures = features
    let isOwnNeeded = !logits.isEmpty || !copies.isEmpty || !features.isEmpty
    own =
      isOwnNeeded
      ? try classifier.makePass(
        capacity: capacity, gradients: !logits.isEmpty || !copies.isEmpty) : nil
    draws = drawn.isEmpty ? 0 : score.draws
    self.drawn =
      drawn.isEmpty
      ? nil
      : try classifier.makeDrawnPass(
        capacity: capacity, draws: score.draws, seed: score.material.seed,
        purpose: RandomPurpose.attackDraws)
  }

  func score(
    _ images: UnsafePointer<Float>, indices: [Int], draw: Int,
    gradient: UnsafeMutablePointer<Float>?
  ) throws -> [Double] {
    let rows = indices.count
    var values = [Double](repeating: offset, count: rows)
    gradient?.update(repeating: 0, count: rows * size)
    try addDraws(images, indices, draw, &values, gradient)
    guard let own else { return values }
    own.input.update(from: images, count: rows * size)
    let logits = try own.forward(rows: rows)
    let sums = Scratch<Float>(rows * classes)
    sums.base.update(repeating: 0, count: rows * classes)
    let part = Scratch<Float>(classes)
    for row in 0..<rows {
      let answer = UnsafeBufferPointer(start: logits + row * classes, count: classes)
      for (function, weight) in ofLogits {
        values[row] += weight * function(answer, part.base)
        accumulate(part.base, times: weight, to: sums.base + row * classes, count: classes)
      }
    }
    for copies in ofCopies {
      try copies.add(
        images, indices, draw: draw, logits: logits, logitSums: sums.base, to: &values, gradient)
    }
    let answers = (0..<rows).map { indexOfMaximum(logits + $0 * classes, count: classes) }
    if let gradient, !ofLogits.isEmpty || !ofCopies.isEmpty {
      own.logitGradient.update(from: sums.base, count: rows * classes)
      accumulate(try own.backward(rows: rows), times: 1, to: gradient, count: rows * size)
    }
    for features in ofFeatures {
      try features.add(images, classes: answers, to: &values, gradient)
    }
    return values
  }

  private func addDraws(
    _ images: UnsafePointer<Float>, _ indices: [Int], _ draw: Int, _ values: inout [Double],
    _ gradient: UnsafeMutablePointer<Float>?
  ) throws {
    guard let drawn else { return }
    let (rows, width) = (indices.count, draws * classes)
    drawn.input.update(from: images, count: rows * size)
    let logits = try drawn.forward(images: indices, firstDraw: draw)
    let part = Scratch<Float>(width)
    let weights = drawn.logitGradient
    weights.update(repeating: 0, count: rows * width)
    for row in 0..<rows {
      let answers = UnsafeBufferPointer(start: logits + row * width, count: width)
      for (function, weight) in ofDraws {
        values[row] += weight * function(answers, classes, part.base)
        accumulate(part.base, times: weight, to: weights + row * width, count: width)
      }
    }
    if let gradient {
      accumulate(try drawn.backward(), times: 1, to: gradient, count: rows * size)
    }
  }
}

/// Images behind one transform.
private final class CopiesOfImages {
  let name: String
  var functions: [(function: ScorePart.OfCopies, weight: Double)] = []
  private let transform: any Transform
  private let size: Int
  private let classes: Int
  private let pass: any ClassifierPass

  init(
    _ specification: TransformSpecification, transform: any Transform, capacity: Int,
    of classifier: any Classifier
  ) throws {
    name = specification.name
    self.transform = transform
    size = classifier.input.count
    classes = classifier.classCount
    pass = try classifier.makePass(capacity: capacity * transform.copies, gradients: true)
  }

  /// Adds the parts' values and gradients; their derivatives with respect to the images' own logits go
  /// to `logitSums`.
  func add(
    _ images: UnsafePointer<Float>, _ indices: [Int], draw: Int, logits: UnsafePointer<Float>,
    logitSums: UnsafeMutablePointer<Float>, to values: inout [Double],
    _ gradient: UnsafeMutablePointer<Float>?
  ) throws {
    let (rows, copies) = (indices.count, transform.copies)
    let first = transform.isRandom ? draw : 0
    for row in 0..<rows {
      for copy in 0..<copies {
        transform.write(
          images + row * size, index: indices[row], copy: first + copy,
          into: pass.input + (row * copies + copy) * size)
      }
    }
    let answers = try pass.forward(rows: rows * copies)
    let width = copies * classes
    let (own, part) = (Scratch<Float>(classes), Scratch<Float>(width))
    let weights = pass.logitGradient
    weights.update(repeating: 0, count: rows * width)
    for row in 0..<rows {
      for (function, weight) in functions {
        values[row] +=
          weight
          * function(
            UnsafeBufferPointer(start: logits + row * classes, count: classes),
            UnsafeBufferPointer(start: answers + row * width, count: width), own.base, part.base)
        accumulate(own.base, times: weight, to: logitSums + row * classes, count: classes)
        accumulate(part.base, times: weight, to: weights + row * width, count: width)
      }
    }
    guard let gradient else { return }
    let back = try pass.backward(rows: rows * copies)
    let pulled = Scratch<Float>(size)
    for row in 0..<rows {
      for copy in 0..<copies {
        transform.pullBack(
          back + (row * copies + copy) * size, count: size, index: indices[row],
          copy: first + copy, into: pulled.base)
        accumulate(pulled.base, times: 1, to: gradient + row * size, count: size)
      }
    }
  }
}

/// Images by the outputs of one layer.
private final class FeaturesOfImages {
  let layer: String
  var functions: [(function: any FeaturePart, weight: Double)] = []
  private let size: Int
  private let width: Int
  private let pass: any ClassifierFeatures

  init(_ layer: String, capacity: Int, of classifier: any Classifier) throws {
    self.layer = layer
    size = classifier.input.count
    width = classifier.featureCount(of: layer) ?? 0
    pass = try classifier.makeFeaturePass(layer: layer, capacity: capacity, gradients: true)
  }

  func add(
    _ images: UnsafePointer<Float>, classes: [Int], to values: inout [Double],
    _ gradient: UnsafeMutablePointer<Float>?
  ) throws {
    let rows = classes.count
    pass.input.update(from: images, count: rows * size)
    let features = try pass.forward(rows: rows)
    let part = Scratch<Float>(rows * width)
    let weights = pass.featureGradient
    weights.update(repeating: 0, count: rows * width)
    for (function, weight) in functions {
      let found = function.values(of: features, classes: classes, gradient: part.base)
      for row in 0..<rows { values[row] += weight * found[row] }
      accumulate(part.base, times: weight, to: weights, count: rows * width)
    }
    if let gradient {
      accumulate(
        try pass.backward(rows: rows), times: 1, to: gradient, count: rows * size)
    }
  }
}

/// Adds values, times a factor, to sums.
private func accumulate(
  _ values: UnsafePointer<Float>, times factor: Double, to sums: UnsafeMutablePointer<Float>,
  count: Int
) {
  let factor = Float(factor)
  for index in 0..<count { sums[index] += factor * values[index] }
}
