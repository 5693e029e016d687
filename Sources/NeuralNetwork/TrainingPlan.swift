/// How to train a network: the optimizer, the batches, and what is done to images and weights.
public struct TrainingPlan: Sendable, Equatable {
  /// The rule that moves the parameters.
  public var optimizer: Optimizer
  /// The number of images per step, except that an epoch's last step takes the remaining ones.
  public var batchSize: Int
  /// How often training visits each image.
  public var epochs: Int
  /// How the learning rate changes.
  public var schedule: LearningRateSchedule
  /// How strongly the weights shrink, at least 0; biases and statistics do not.
  ///
  /// With Adam, a step shrinks each weight by this times the learning rate (AdamW). With the other
  /// optimizers, the gradient gets this times the weight, as half of the squared weight in the loss
  /// would give it.
  public var weightDecay: Double
  /// How images are varied; nil trains on them as they are.
  public var augmentation: Augmentation?
  /// How images are attacked; nil trains on clean ones.
  public var adversarial: AdversarialTraining?

  /// Creates a plan for `epochs` passes over the images.
  ///
  /// - Precondition: Batch size and epochs are positive, and weight decay is not negative.
  public init(
    optimizer: Optimizer, batchSize: Int, epochs: Int,
    schedule: LearningRateSchedule = LearningRateSchedule(), weightDecay: Double = 0,
    augmentation: Augmentation? = nil, adversarial: AdversarialTraining? = nil
  ) {
    precondition(batchSize > 0 && epochs > 0, "a plan needs images and epochs")
    precondition(weightDecay >= 0, "weights cannot decay by \(weightDecay)")
    self.optimizer = optimizer
    self.batchSize = batchSize
    self.epochs = epochs
    self.schedule = schedule
    self.weightDecay = weightDecay
    self.augmentation = augmentation
    self.adversarial = adversarial
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
