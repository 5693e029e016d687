public import Classifier

/// What attacks that know the detector are given of it.
public struct AttackedDefence: Sendable {
  /// The detector's score, high for images that it takes for adversarial ones.
  public let score: any DifferentiableScore
  /// Clean images with their classes, as the detector knows them.
  public let cleanImages: LabeledImages

  /// Joins what is known.
  public init(score: any DifferentiableScore, cleanImages: LabeledImages) {
    self.score = score
    self.cleanImages = cleanImages
  }
}

/// A score's memory, kept from batch to batch.
final class ScoreMemory {
  let worker: any DifferentiableScoreWorker

  init(_ score: any DifferentiableScore, capacity: Int) throws {
    worker = try score.makeWorker(capacity: capacity)
  }
}
