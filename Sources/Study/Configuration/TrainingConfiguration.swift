internal import Classifier
internal import NeuralNetwork
internal import Sweep

/// The training of the classifier.
///
/// Settings that are nil switch something off, or have a default where something is switched on. They
/// are not in the records of a training that does without.
public struct TrainingConfiguration: Codable, Sendable, Equatable {
  /// An optimizer.
  public enum Rule: String, Codable, Sendable, CaseIterable {
    /// Adam.
    case adam
    /// Stochastic gradient descent with momentum.
    case sgd
    /// Adadelta.
    case adadelta

    /// The learning rate that it has unless another one is given.
    public var usualLearningRate: Double { self == .adadelta ? 1 : 0.001 }
  }

  /// What the learning rate does after the warm-up.
  public enum Schedule: String, Codable, Sendable, CaseIterable {
    /// It stays the same.
    case constant
    /// It is multiplied by a factor after each so many epochs.
    case step
    /// It falls to 0 along half a cosine.
    case cosine
  }

  /// The optimizer.
  public var optimizer = Rule.adam
  /// The learning rate.
  public var learningRate = 0.001
  /// The momentum of SGD; ignored by the other optimizers.
  public var momentum = 0.9
  /// The number of images in a step.
  public var batchSize = 128
  /// The number of passes through the training images.
  public var epochs = 20
  /// How strongly the weights shrink; nil: not at all.
  public var weightDecay: Double?
  /// What the learning rate does after the warm-up; nil: it stays the same.
  public var schedule: Schedule?
  /// The epochs after which schedule step multiplies the learning rate; nil without it.
  public var scheduleEpochs: Int?
  /// What schedule step multiplies the learning rate by; nil: by 0.1.
  public var scheduleFactor: Double?
  /// The epochs over which the learning rate rises to the whole; nil: none.
  public var warmupEpochs: Double?
  /// The largest shift of an image in each direction, in pixels; nil: none.
  public var shift: Int?
  /// Whether one image in two is mirrored, left to right; nil: none is.
  public var flip: Bool?
  /// The largest change of a pixel by the attack on training images, 0...1; nil: no attack.
  public var adversarialEpsilon: Double?
  /// The change of a pixel in one step of that attack; nil: 0.01.
  public var adversarialStepSize: Double?
  /// The number of steps of that attack; nil: 40.
  public var adversarialIterations: Int?
  /// Whether that attack starts anywhere within epsilon; nil: yes.
  public var adversarialRandomStart: Bool?
  /// The share of the images that are attacked, 0...1; nil: all.
  public var adversarialShare: Double?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case optimizer, momentum, epochs, schedule, shift, flip
    case learningRate = "learning_rate"
    case batchSize = "batch_size"
    case weightDecay = "weight_decay"
    case scheduleEpochs = "schedule_epochs"
    case scheduleFactor = "schedule_factor"
    case warmupEpochs = "warmup_epochs"
    case adversarialEpsilon = "adversarial_epsilon"
    case adversarialStepSize = "adversarial_step_size"
    case adversarialIterations = "adversarial_iterations"
    case adversarialRandomStart = "adversarial_random_start"
    case adversarialShare = "adversarial_share"
  }

  /// The settings that are not there unless they are given.
  static let optionalSettings = CodingKeys.allCases.filter {
    ![.optimizer, .learningRate, .momentum, .batchSize, .epochs].contains($0)
  }.map(\.rawValue)

  /// The same training with a value for each setting that counts, and nil for all others.
  ///
  /// Trainings that are the same have the same settings then, and hence the same key.
  var completed: TrainingConfiguration {
    var whole = TrainingConfiguration()
    (whole.optimizer, whole.learningRate, whole.momentum) = (optimizer, learningRate, momentum)
    (whole.batchSize, whole.epochs) = (batchSize, epochs)
    whole.weightDecay = weightDecay.flatMap { $0 == 0 ? nil : $0 }
    whole.schedule = schedule == .constant ? nil : schedule
    if schedule == .step {
      whole.scheduleEpochs = scheduleEpochs
      whole.scheduleFactor = scheduleFactor ?? 0.1
    }
    whole.warmupEpochs = warmupEpochs.flatMap { $0 == 0 ? nil : $0 }
    whole.shift = shift.flatMap { $0 == 0 ? nil : $0 }
    whole.flip = flip == true ? true : nil
    if let adversarialEpsilon, adversarialShare != 0 {
      whole.adversarialEpsilon = adversarialEpsilon
      whole.adversarialStepSize = adversarialStepSize ?? 0.01
      whole.adversarialIterations = adversarialIterations ?? 40
      whole.adversarialRandomStart = adversarialRandomStart ?? true
      whole.adversarialShare = adversarialShare ?? 1
    }
    return whole
  }
}

extension TrainingConfiguration {
  /// How to train, for a validated configuration.
  var plan: TrainingPlan {
    let whole = completed
    return TrainingPlan(
      optimizer: rule, batchSize: batchSize, epochs: epochs,
      schedule: LearningRateSchedule(whole.course, warmupEpochs: whole.warmupEpochs ?? 0),
      weightDecay: whole.weightDecay ?? 0, augmentation: whole.augmentation,
      adversarial: whole.adversarial)
  }

  private var rule: Optimizer {
    switch optimizer {
    case .adam: .adam(learningRate: learningRate)
    case .sgd: .sgd(learningRate: learningRate, momentum: momentum)
    case .adadelta: .adadelta(learningRate: learningRate)
    }
  }

  private var course: LearningRateSchedule.Course {
    switch schedule {
    case nil, .constant: .constant
    case .step: .step(epochs: scheduleEpochs ?? 1, factor: scheduleFactor ?? 1)
    case .cosine: .cosine
    }
  }

  private var augmentation: Augmentation? {
    guard shift != nil || flip != nil else { return nil }
    return Augmentation(shift: shift ?? 0, flip: flip ?? false)
  }

  private var adversarial: AdversarialTraining? {
    guard let adversarialEpsilon, let adversarialStepSize, let adversarialIterations,
      let adversarialRandomStart, let adversarialShare
    else { return nil }
    return AdversarialTraining(
      epsilon: Float(adversarialEpsilon), stepSize: Float(adversarialStepSize),
      iterations: adversarialIterations, randomStart: adversarialRandomStart,
      share: adversarialShare)
  }
}

extension TrainingConfiguration {
  /// Checks that shifts leave something of an image.
  ///
  /// - Throws: ``ConfigurationError``.
  func checkFits(_ shape: ImageShape) throws(ConfigurationError) {
    let side = min(shape.height, shape.width)
    guard (shift ?? 0) < side else {
      throw ConfigurationError(
        setting: "training.shift",
        problem: "is \(shift ?? 0); it must be below \(side), the "
          + "smaller side of an image")
    }
  }
}
