internal import Detection
internal import Tracker

/// A learned detector that judges images which belong to no measurement.
final class LearnedJudge {
  let name: String
  /// A score above it declares adversarial.
  let threshold: Double
  private let fitted: any FittedDetector
  private let columns: [Column]
  private let preparation: ScorePreparation

  /// How an input is read off an image.
  private enum Column {
    case passes(MonteCarloMeasure)
    case measure(any Measure)
    case vote(TransformSpecification)
    case crop(Crops.Position)
  }

  /// Takes a detector whose inputs can all be computed here.
  ///
  /// - Throws: ``ScoreError/notOfNewImages(_:detector:)`` if one of them cannot.
  init(
    _ stored: StoredLearner, passes: Int, seed: Int64, data: DataOnDemand, in context: StudyContext
  ) throws {
    let known = try KnownMeasures(in: context.tracker)
    let fitted = try LearnStage.fitted(by: stored.learned, in: context.tracker)
    var (measures, voters) = ([String](), [String]())
    columns = try fitted.inputs.map { text in
      switch DetectorInput(text) {
      case .measure(let name):
        if let ofPasses = MonteCarloMeasure(rawValue: name) { return .passes(ofPasses) }
        guard known[name]?.kind == .catalogue else {
          throw ScoreError.notOfNewImages(name, detector: stored.name)
        }
        measures.append(name)
        return .measure(try known.measure(named: name))
      case .vote(let voter):
        if let crop = Crops.Position(vote: voter) { return .crop(crop) }
        guard let transform = try? TransformSpecification(voter) else {
          throw ScoreError.notOfNewImages("the vote of \(voter)", detector: stored.name)
        }
        voters.append(voter)
        return .vote(transform)
      }
    }
    name = stored.name
    threshold = stored.threshold
    self.fitted = fitted
    preparation = ScorePreparation(
      model: stored.model, passes: passes, seed: seed,
      request: try ScoreRequest(measures: measures, voters: voters, known: known), data: data,
      in: context)
  }

  /// The scores of some images.
  ///
  /// - Parameters:
  ///   - indices: The numbers that address the images' random numbers.
  ///   - pixels: The images, [images, size].
  ///   - readings: What dropout and the crops say of them.
  /// - Returns: A score an image.
  /// - Throws: What computing the inputs throws.
  func scores(_ indices: [Int], pixels: [Float], readings: [Reading]) throws -> [Double] {
    let batch = ImageBatch(
      indices: indices, pixels: pixels, material: try preparation.material())
    var values: [[Double]] = []
    for column in columns {
      switch column {
      case .passes(let measure):
        values.append(
          readings.map {
            measure.value($0.uncertainty, deterministicProbability: $0.deterministic.probability)
          })
      case .measure(let measure):
        values.append(try preparation.prepared(measure).values(of: batch))
      case .crop(let position):
        values.append(
          readings.map { $0.crops[position.rawValue] == $0.uncertainty.prediction ? 0 : 1 })
      case .vote(let voter):
        let votes = try batch.classes(after: voter)
        values.append(
          zip(votes, readings).map { $0 == $1.uncertainty.prediction ? 0 : 1 })
      }
    }
    return readings.indices.map { row in fitted.score(values.map { $0[row] }) }
  }
}
