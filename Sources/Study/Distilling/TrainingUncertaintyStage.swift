internal import Bytes
internal import Detection
internal import NeuralNetwork
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
  }

  let model: Run
  let data: StudyData
  let passes: Int
  let spread: Spread
  let studySeed: Int64

  private static let artifact = "uncertainty"
  private static let mediaType = "application/octet-stream"

  var seed: Int64? { studySeed }
  var parents: [String: Run] { ["model": model] }

  var configuration: JSONValue {
    .object([
      "passes": .integer(Int64(passes)), "spread": .string(spread.rawValue),
      "seed": .integer(studySeed),
    ])
  }

  /// The uncertainties of a finished run, one a training image.
  ///
  /// - Throws: ``StudyError/damagedRecord(run:problem:)``.
  static func uncertainties(of run: Run, in context: StudyContext) throws -> [Float] {
    guard let bytes = try context.tracker.artifact(named: artifact, of: run),
      let uncertainties = FloatCoding.floats(from: bytes[...])
    else { throw StudyError.damagedRecord(run: run.uuid, problem: "its uncertainties are missing") }
    return uncertainties
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let network = try Model(model, data: data, in: context).finiteNetwork(of: model)
    let images = data.training
    try MemoryNeed.measuring(
      network.architecture, passes: passes, images: images.count,
      threads: context.parallelism.threads
    ).require(for: title)
    let dropout = MCDropout(
      network: network, passes: passes, seed: UInt64(bitPattern: studySeed),
      purpose: RandomPurpose.labellingDropout)
    var uncertainties = try recorded(run)
    context.progress.begin(title, done: uncertainties.count, total: images.count, unit: "images")
    while uncertainties.count < images.count {
      try stopIfCancelled(context)
      let first = uncertainties.count
      let chunk = Array(first..<min(first + imagesPerChunk(passes: passes), images.count))
      let measured = dropout.measure(chunk, parallelism: context.parallelism) { position, pixels in
        images.copyPixels(of: chunk[position], into: pixels)
      }
      uncertainties += measured.map { Float(spread == .logits ? $0.logitStd : $0.softmaxStd) }
      if let image = chunk.first(where: { !uncertainties[$0].isFinite }) {
        throw StudyError.damagedRecord(
          run: model.uuid, problem: "its logits of training image \(image) are not finite")
      }
      try run.commitChunk(progressDone: uncertainties.count, total: images.count) { writer in
        try writer.putArtifact(
          Self.artifact, bytes: FloatCoding.bytes(of: uncertainties), mediaType: Self.mediaType)
      }
      context.progress.advance(to: uncertainties.count)
    }
    try run.finish { _ in }
  }

  /// What an interrupted execution has recorded.
  private func recorded(_ run: ActiveRun) throws -> [Float] {
    guard let bytes = try run.artifact(named: Self.artifact) else { return [] }
    guard let uncertainties = FloatCoding.floats(from: bytes[...]),
      uncertainties.count == run.progressDone
    else {
      throw StudyError.damagedRecord(run: run.uuid, problem: "its uncertainties are damaged")
    }
    return uncertainties
  }
}
