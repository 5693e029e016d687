internal import Detection
internal import Tracker

/// Fits a learner to recorded measures and votes.
struct LearnStage: Stage {
  static let kind = "learn"
  /// The artifact that holds what was fitted.
  static let artifact = "detector"
  static let mediaType = "application/json"
  var title: String { "fit \(learner.name)" }

  let learner: any DetectorLearner
  let inputs: [DetectorInput]
  let images: FittedImages
  let model: Run
  /// The runs that recorded the inputs, by role.
  let scores: [String: Run]
  let studySeed: Int64

  var seed: Int64? { studySeed }

  var parents: [String: Run] {
    images.parents.merging(scores) { $1 }.merging(["model": model]) { $1 }
  }

  var configuration: JSONValue {
    .object([
      "learner": .string(learner.name), "inputs": .array(inputs.map { .string($0.text) }),
      "part": .string(images.part.rawValue), "seed": .integer(studySeed),
    ])
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    context.progress.begin(title, done: 0, total: 1, unit: "fits")
    let examples = try images.examples(inputs, in: context.tracker)
    let progress = context.progress
    let fitted: any FittedDetector
    do {
      fitted = try learner.fit(
        examples, seed: UInt64(bitPattern: studySeed), parallelism: context.parallelism,
        progress: { done, total in
          progress.advance(to: 0, detail: "\(100 * done / max(1, total))%")
        }, isCancelled: context.isCancelled)
    } catch {
      guard error == .cancelled else { throw error }
      throw StudyError.interrupted
    }
    try stopIfCancelled(context)
    try run.finish { writer in
      try writer.putArtifact(Self.artifact, bytes: fitted.encoded, mediaType: Self.mediaType)
      try writer.log("clean_images", step: 0, value: Self.count(examples, adversarial: false))
      try writer.log("adversarial_images", step: 0, value: Self.count(examples, adversarial: true))
      for (name, value) in fitted.settings { try writer.log(name, step: 0, value: value) }
    }
  }

  private static func count(_ examples: DetectorExamples, adversarial: Bool) -> Double {
    Double(examples.isAdversarial.count { $0 == adversarial })
  }

  /// What a finished run of this kind fitted.
  ///
  /// - Throws: ``StudyError/damagedRecord(run:problem:)`` if it cannot be read back.
  static func fitted(by run: Run, in tracker: Tracker) throws -> any FittedDetector {
    guard let bytes = try tracker.artifact(named: artifact, of: run) else {
      throw StudyError.damagedRecord(run: run.uuid, problem: "what it fitted is missing")
    }
    do {
      return try DetectorCatalogue.decode(bytes)
    } catch {
      throw StudyError.damagedRecord(run: run.uuid, problem: "\(error)")
    }
  }
}
