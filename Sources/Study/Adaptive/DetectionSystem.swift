internal import Attack
internal import Classifier
internal import Detection
internal import Tracker

/// A detector with its model at hand: what attacks follow, and what judges.
final class DetectionSystem {
  /// What the whole system says of an image.
  struct Verdict: Sendable {
    /// The class by the mean logits of all passes, or that without dropout for models that have none.
    let prediction: Int
    /// High means adversarial.
    let score: Double
    /// How far the score is above the threshold that applies to the image.
    let excess: Double
    /// How many voters agree with the prediction; nil if there are none.
    let agreement: Int?

    /// Whether it is declared adversarial.
    var isFlagged: Bool { excess > 0 }
  }

  private enum Column {
    case measure(any Measure)
    case vote(TransformSpecification)
  }

  private let detector: AttackedDetector
  private let columns: [Column]
  private let preparation: ScorePreparation

  /// Takes a detector whose inputs can all be computed here.
  ///
  /// - Parameters:
  ///   - detector: The detector.
  ///   - model: The model that it defends.
  ///   - seed: The seed of what it draws.
  ///   - purpose: What the draws of its passes are for, so that they are others than an attack's.
  ///   - data: The data set.
  ///   - context: What to work with.
  /// - Throws: ``ScoreError/notOfNewImages(_:detector:)``.
  init(
    _ detector: AttackedDetector, model: Run, seed: Int64, purpose: UInt32, data: DataOnDemand,
    in context: StudyContext
  ) throws {
    self.detector = detector
    columns = try detector.inputs.map { try Self.column($0, of: detector) }
    let known = try KnownMeasures(in: context.tracker)
    var (measures, voters) = ([String](), [String]())
    for column in columns {
      switch column {
      case .measure(let measure): measures.append(measure.description.name)
      case .vote(let voter): voters.append(voter.name)
      }
    }
    preparation = ScorePreparation(
      model: model, passes: detector.settings.passes, seed: seed, purpose: purpose,
      request: try ScoreRequest(measures: measures, voters: voters, known: known), data: data,
      in: context)
  }

  private static func column(
    _ input: DetectorInput, of detector: AttackedDetector
  ) throws -> Column {
    switch input {
    case .measure(let name):
      guard let measure = try? MeasureCatalogue.measure(named: name) else {
        throw ScoreError.notOfNewImages(name, detector: detector.name)
      }
      return .measure(measure)
    case .vote(let voter):
      guard let transform = try? TransformSpecification(voter) else {
        throw ScoreError.notOfNewImages("the vote of \(voter)", detector: detector.name)
      }
      return .vote(transform)
    }
  }

  /// Judges images.
  ///
  /// - Parameters:
  ///   - indices: The images' indices, which address their random numbers.
  ///   - pixels: The images, [images, size].
  /// - Returns: A verdict an image.
  /// - Throws: What computing the inputs throws; ``ScoreError/notFinite(measure:image:)``.
  func judge(_ indices: [Int], pixels: [Float]) throws -> [Verdict] {
    let material = try preparation.material()
    let batch = ImageBatch(indices: indices, pixels: pixels, material: material)
    let predictions =
      material.classifier.capabilities.contains(.draws)
      ? try batch.uncertainties().map(\.prediction) : try batch.classes
    var agreements = [Int](repeating: 0, count: indices.count)
    let values = try columns.map { column -> [Double] in
      switch column {
      case .measure(let measure): return try preparation.prepared(measure).values(of: batch)
      case .vote(let voter):
        return zip(try batch.classes(after: voter), predictions).enumerated().map { row, classes in
          if classes.0 == classes.1 { agreements[row] += 1 }
          return classes.0 == classes.1 ? 0 : 1
        }
      }
    }
    let hasVotes = columns.contains { if case .vote = $0 { true } else { false } }
    return try indices.indices.map { row in
      let (score, excess) = decide(values.map { $0[row] }, agreement: agreements[row])
      guard score.isFinite, !excess.isNaN else {
        throw ScoreError.notFinite(measure: detector.name, image: indices[row])
      }
      return Verdict(
        prediction: predictions[row], score: score, excess: excess,
        agreement: hasVotes ? agreements[row] : nil)
    }
  }

  private func decide(_ values: [Double], agreement: Int) -> (score: Double, excess: Double) {
    switch detector.rule {
    case .thresholds(_, let thresholds, _):
      let score = orientation * values[0]
      return (score, thresholds.excess(score: score, agreement: agreement))
    case .learned(let fitted, let threshold):
      let score = fitted.score(values)
      return (score, score - threshold)
    }
  }

  /// 1 if high values of the measure mean adversarial, -1 if low ones do.
  private var orientation: Double {
    guard case .measure(let measure)? = columns.first else { return 1 }
    return measure.description.orientation == .high ? 1 : -1
  }

  /// What an attack follows, and the clean images that it may know.
  ///
  /// - Parameter draws: How many passes the score averages over at each step.
  /// - Returns: The score, and the model's training images.
  /// - Throws: `DetectionError` if there is no gradient to follow.
  func defence(draws: Int) throws -> AttackedDefence {
    try Self.checkFollowable(detector)
    return AttackedDefence(
      score: try score(draws: draws), cleanImages: try preparation.data.get().training)
  }

  /// Makes sure that attacks can follow a detector, before any work.
  ///
  /// - Throws: `DetectionError/notDifferentiable` with the name of what has no gradient.
  static func checkFollowable(_ detector: AttackedDetector) throws {
    if case .learned(let fitted, _) = detector.rule, fitted.weightedSum == nil {
      throw DetectionError.notDifferentiable(
        "\(detector.name), a detector by \(fitted.learner)",
        followable: MeasureCatalogue.differentiableKinds + ["detectors by logistic"])
    }
    for case .measure(let name) in detector.inputs {
      _ = try MeasureCatalogue.differentiable(named: name)
    }
  }

  /// The score with its gradient.
  ///
  /// Of thresholds it is the measure in units of the distance of L and H, and the mean over the voters of
  /// how far they are from the network's own class; of a learned detector, its weighted sum, in which
  /// votes stand by the same distance.
  private func score(draws: Int) throws -> any DifferentiableScore {
    var terms: [PartsScore.Term] = []
    let offset: Double
    let factors: [Double]
    switch detector.rule {
    case .thresholds(_, let thresholds, let voters):
      offset = 0
      let weight = thresholds.agreement > 0 ? 1 / Double(max(1, voters.count)) : 0
      factors =
        [orientation / Self.unit(of: thresholds)] + voters.map { _ in weight }
    case .learned(let fitted, _):
      let sum = fitted.weightedSum
      offset = sum?.offset ?? 0
      factors = sum?.factors ?? []
    }
    for (column, factor) in zip(columns, factors) where factor != 0 {
      switch column {
      case .measure(let measure):
        guard let prepared = try preparation.prepared(measure) as? any DifferentiableMeasure else {
          throw DetectionError.notDifferentiable(
            measure.description.name, followable: MeasureCatalogue.differentiableKinds)
        }
        terms += prepared.parts.map { PartsScore.Term($0, weight: factor) }
      case .vote(let voter): terms.append(PartsScore.Term(voter.dissent, weight: factor))
      }
    }
    return try PartsScore(
      name: detector.name, terms: terms, offset: offset, material: preparation.material(),
      draws: draws)
  }

  /// A length on the scale of a score that thresholds say.
  private static func unit(of thresholds: Thresholds) -> Double {
    [thresholds.high - thresholds.low, abs(thresholds.high), abs(thresholds.low)]
      .first { $0.isFinite && $0 > 0 } ?? 1
  }
}
