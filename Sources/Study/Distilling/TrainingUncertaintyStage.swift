internal import Bytes
internal import Detection
internal import Classifier
internal import Tensor
internal import Tracker

/// Measures how uncertain a network is of each image that it was trained on.
///
/// The uncertainty is the standard deviation over the passes with dropout on (divided by their
/// number), mean over the classes.
struct TrainingUncertaintyStage: Stage {
  static let kind = "uncertainty"
  let title = "uncertainty of training images"

  /// What the deviation is of.
  enum Spread: String, Codable, Sendable, CaseIterable {
    case logits
    case softmax

    /// The artifact that has it, a 32-bit float for each training image.
    fileprivate var artifact: String {
      switch self {
      case .logits: "logit_std"
      case .softmax: "softmax_std"
      }
    }

    fileprivate func value(_ uncertainty: Uncertainty) -> Float {
      Float(self == .logits ? uncertainty.logitStd : uncertainty.softmaxStd)
    }
  }

  let model: Run
  let data: StudyData
  let passes: Int
  let studySeed: Int64

  private static let mediaType = "application/octet-stream"

  var seed: Int64? { studySeed }
  var parents: [String: Run] { ["model": model] }

  var configuration: JSONValue {
    .object([
      "passes": .integer(Int64(passes)), "seed": .integer(studySeed),
    ])
  }

  /// The uncertainties of a finished run, one a training image.
  ///
  /// - Throws: ``StudyError/damagedRecord(run:problem:)``.
  static func uncertainties(
    _ spread: Spread, of run: Run, in context: StudyContext
  ) throws -> [Float] {
    guard let bytes = try context.tracker.artifact(named: spread.artifact, of: run),
      let uncertainties = FloatCoding.floats(from: bytes[...])
    else { throw StudyError.damagedRecord(run: run.uuid, problem: "its uncertainties are missing") }
    return uncertainties
  }

  func check(in context: StudyContext) throws {
    try Model.require(.draws, of: model, for: "Monte Carlo dropout", in: context)
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let classifier = try Model(model, data: data, in: context).finiteClassifier(of: model)
    let images = data.training
    try MemoryNeed.measuring(
      classifier, passes: passes, images: images.count,
      threads: context.parallelism.threads
    ).require(for: title)
    let dropout = try MCDropout(
      classifier: classifier, passes: passes, seed: UInt64(bitPattern: studySeed),
      purpose: RandomPurpose.labellingDropout)
    var deviations = try recorded(run)
    var done = run.progressDone
    context.progress.begin(title, done: done, total: images.count, unit: "images")
    while done < images.count {
      try stopIfCancelled(context)
      let chunk = Array(done..<min(done + imagesPerChunk(passes: passes), images.count))
      let measured = try dropout.measure(chunk, parallelism: context.parallelism) {
        position, pixels in
        images.copyPixels(of: chunk[position], into: pixels)
      }
      for spread in Spread.allCases {
        deviations[spread, default: []] += measured.map(spread.value)
      }
      if let image = chunk.first(where: { image in
        deviations.values.contains { !$0[image].isFinite }
      }) {
        throw StudyError.damagedRecord(
          run: model.uuid, problem: "its logits of training image \(image) are not finite")
      }
      done += chunk.count
      try run.commitChunk(progressDone: done, total: images.count) { writer in
        for (spread, values) in deviations {
          try writer.putArtifact(
            spread.artifact, bytes: FloatCoding.bytes(of: values), mediaType: Self.mediaType)
        }
      }
      context.progress.advance(to: done)
    }
    try run.finish { _ in }
  }

  /// What an interrupted execution has recorded.
  private func recorded(_ run: ActiveRun) throws -> [Spread: [Float]] {
    guard run.progressDone > 0 else { return [:] }
    var deviations: [Spread: [Float]] = [:]
    for spread in Spread.allCases {
      guard let bytes = try run.artifact(named: spread.artifact),
        let values = FloatCoding.floats(from: bytes[...]), values.count == run.progressDone
      else {
        throw StudyError.damagedRecord(run: run.uuid, problem: "its uncertainties are damaged")
      }
      deviations[spread] = values
    }
    return deviations
  }
}
