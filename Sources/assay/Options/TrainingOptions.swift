public import ArgumentParser
public import Study

extension TrainingConfiguration.Rule: ExpressibleByArgument {}
extension TrainingConfiguration.Schedule: ExpressibleByArgument {}

/// How the classifier is trained, where that is not as the configuration says.
struct TrainingOptions: ParsableArguments {
  @Option(help: "The number of passes through the training images. (default: 20)")
  var epochs: Int?

  @Option(help: "The number of images in a step. (default: 128)")
  var batchSize: Int?

  @Option(
    help: "The optimizer: adam, sgd or adadelta. (default: adam)",
    completion: .list(TrainingConfiguration.Rule.allCases.map(\.rawValue)))
  var optimizer: TrainingConfiguration.Rule?

  @Option(help: "The learning rate. (default: 0.001; adadelta: 1)")
  var learningRate: Double?

  @Option(
    help: "What the learning rate does: constant, step or cosine. (default: constant)",
    completion: .list(TrainingConfiguration.Schedule.allCases.map(\.rawValue)))
  var schedule: TrainingConfiguration.Schedule?

  @Option(help: "step: the epochs after which the learning rate is multiplied.")
  var scheduleEpochs: Int?

  @Option(help: "step: what the learning rate is multiplied by. (default: 0.1)")
  var scheduleFactor: Double?

  @Option(help: "The epochs over which the learning rate rises from near 0. (default: 0)")
  var warmupEpochs: Double?

  @Option(help: "How strongly weights shrink in a step, 0...1. (default: 0)")
  var weightDecay: Double?

  @Option(help: "Shifts training images at random, by at most so many pixels.")
  var shift: Int?

  @Flag(inversion: .prefixedNo, help: "Mirrors training images at random, left to right.")
  var flip: Bool?

  @Option(
    help: ArgumentHelp(
      "Trains on images that PGD attacks, changing a pixel by at most this, 0...1.",
      valueName: "epsilon"))
  var adversarialEpsilon: Double?

  @Option(
    help: ArgumentHelp(
      "PGD: the change of a pixel in one step. (default: 0.01)", valueName: "step-size"))
  var adversarialStepSize: Double?

  @Option(
    help: ArgumentHelp("PGD: the number of steps. (default: 40)", valueName: "iterations"))
  var adversarialIterations: Int?

  @Option(
    help: ArgumentHelp(
      "PGD: the share of the images that are attacked, 0...1. (default: 1)", valueName: "share"))
  var adversarialShare: Double?

  @Flag(
    inversion: .prefixedNo,
    help: "PGD: starts anywhere within epsilon, or at the image. (default: anywhere)")
  var adversarialRandomStart: Bool?

  /// Puts the options in the place of a configuration's settings.
  func apply(to training: inout TrainingConfiguration) {
    if let optimizer, optimizer != training.optimizer {
      training.optimizer = optimizer
      training.learningRate = optimizer.usualLearningRate
    }
    training.epochs = epochs ?? training.epochs
    training.batchSize = batchSize ?? training.batchSize
    training.learningRate = learningRate ?? training.learningRate
    training.schedule = schedule ?? training.schedule
    training.scheduleEpochs = scheduleEpochs ?? training.scheduleEpochs
    training.scheduleFactor = scheduleFactor ?? training.scheduleFactor
    training.warmupEpochs = warmupEpochs ?? training.warmupEpochs
    training.weightDecay = weightDecay ?? training.weightDecay
    training.shift = shift ?? training.shift
    training.flip = flip ?? training.flip
    training.adversarialEpsilon = adversarialEpsilon ?? training.adversarialEpsilon
    training.adversarialStepSize = adversarialStepSize ?? training.adversarialStepSize
    training.adversarialIterations = adversarialIterations ?? training.adversarialIterations
    training.adversarialShare = adversarialShare ?? training.adversarialShare
    training.adversarialRandomStart = adversarialRandomStart ?? training.adversarialRandomStart
  }
}
