/// How a network is trained.
public struct TrainingPlan: Sendable, Equatable {
  /// The rule that moves the parameters.
  public var optimizer: Optimizer
  /// Images a step; the last step of an epoch takes what is left.
  public var batchSize: Int
  /// How often each image is seen.
  public var epochs: Int

  /// Creates a plan.
  ///
  /// - Precondition: Batch size and epochs are positive.
  public init(optimizer: Optimizer, batchSize: Int, epochs: Int) {
    precondition(batchSize > 0 && epochs > 0, "a plan needs images and epochs")
    self.optimizer = optimizer
    self.batchSize = batchSize
    self.epochs = epochs
  }
}

/// What an epoch showed, over all of its images as they were seen in training.
public struct EpochSummary: Sendable, Equatable {
  /// The epoch's number, counted from 1.
  public let epoch: Int
  /// The mean cross-entropy, in nats.
  public let loss: Double
  /// The fraction classified correctly, 0...1.
  public let accuracy: Double
}
