internal import Detection
internal import Classifier
internal import Tracker

/// A data set that is read when it is first needed.
final class DataOnDemand {
  private let load: () throws -> StudyData
  private var loaded: StudyData?

  /// Says how to read it.
  init(_ load: @escaping () throws -> StudyData) {
    self.load = load
  }

  /// The data set.
  func get() throws -> StudyData {
    if let loaded { return loaded }
    let data = try load()
    loaded = data
    return data
  }
}

/// A model with what measures take of it: made once for all measurements that are scored together.
///
/// Nothing is read and nothing is tuned before a measure is asked for.
final class ScorePreparation {
  private let model: Run
  private let passes: Int
  private let seed: Int64
  private let purpose: UInt32
  private let needsTrainingImages: Bool
  /// The data set, which is read only where images of it are needed.
  let data: DataOnDemand
  private let context: StudyContext

  private var made: MeasureMaterial?
  private var prepared: [String: any PreparedMeasure] = [:]

  /// Prepares nothing yet.
  ///
  /// - Parameters:
  ///   - model: The training's run.
  ///   - passes: The passes with dropout on.
  ///   - seed: The seed of all random numbers.
  ///   - purpose: What those of the passes are for.
  ///   - request: Everything that will be asked for.
  ///   - data: The data set.
  ///   - context: What to work with.
  init(
    model: Run, passes: Int, seed: Int64, purpose: UInt32 = RandomPurpose.measurementDropout,
    request: ScoreRequest, data: DataOnDemand, in context: StudyContext
  ) {
    self.model = model
    self.passes = passes
    self.seed = seed
    self.purpose = purpose
    needsTrainingImages = request.usesTrainingImages
    self.data = data
    self.context = context
  }

  /// The model.
  func classifier() throws -> any Classifier { try material().classifier }

  /// What measures may use of the model.
  func material() throws -> MeasureMaterial {
    if let made { return made }
    let recorded = try Model(recordedBy: model, in: context)
    let classifier = try (recorded ?? Model(model, data: data.get(), in: context))
      .finiteClassifier(of: model)
    let (progress, isCancelled) = (context.progress, context.isCancelled)
    let material = MeasureMaterial(
      classifier: classifier, seed: UInt64(bitPattern: seed), passes: passes,
      purpose: purpose, trainingImages: needsTrainingImages ? try data.get().training : nil,
      parallelism: context.parallelism,
      progress: { activity, done, total in
        let share = 100 * done / max(1, total)
        progress.advance(to: 0, detail: "\(activity): \(share)%")
      }, isCancelled: isCancelled)
    made = material
    return material
  }

  /// A measure, ready to read images.
  func prepared(_ measure: any Measure) throws -> any PreparedMeasure {
    let name = measure.description.name
    if let known = prepared[name] { return known }
    let ready = try measure.prepare(material())
    prepared[name] = ready
    return ready
  }
}
