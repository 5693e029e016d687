/// How to train a network: the optimizer, the batch size and the number of epochs.
public struct TrainingPlan: Sendable, Equatable {
  /// The rule that moves the parameters.
  public var optimizer: Optimizer
  /// The number of images per step, except that an epoch's last step takes the remaining ones.
  public var batchSize: Int
  /// How often training visits each image.
  public var epochs: Int

  /// Creates a plan for `epochs` passes over the images.
  ///
  /// - Precondition: Batch size and epochs are positive.
  public init(optimizer: Optimizer, batchSize: Int, epochs: Int) {
    precondition(batchSize > 0 && epochs > 0, "a plan needs images and epochs")
    self.optimizer = optimizer
    self.batchSize = batchSize
    self.epochs = epochs
  }
}

/// Loss and accuracy of an epoch, over all of its images as training saw them.
public struct EpochSummary: Sendable, Equatable {
  /// The epoch's number, counted from 1.
  public let epoch: Int
  /// The mean cross-entropy, in nats.
  public let loss: Double
  /// The fraction of images that the network classified correctly, 0...1.
  public let accuracy: Double
}
