public import Classifier
public import Tensor

/// Training by mini-batches that can stop after any step and resume to the same bits.
///
/// The trainer cuts each batch into shards of 64 images and adds their gradients in order. The
/// result therefore does not depend on the number of threads.
public final class Trainer {
  /// The layers to train.
  public let architecture: Architecture
  /// How they are trained.
  public let plan: TrainingPlan
  /// Everything that the next step depends on, for saving between steps.
  public private(set) var state: TrainingState

  private static let shardSize = 64
  /// The number of slices that are updated in parallel.
  private static let updateSlices = 16

  private let images: LabeledImages
  private let seed: UInt64
  private let parallelism: Parallelism
  private let workers: [TrainingWorker]
  private let motion: ParameterMotion
  private let shardGradients: [Scratch<Float>]
  private var order: (epoch: Int, images: [Int]) = (-1, [])

  /// Resumes training at `state`, or starts it.
  ///
  /// - Parameters:
  ///   - architecture: The layers to train.
  ///   - plan: How to train them.
  ///   - images: The images to train on.
  ///   - seed: The seed of everything random.
  ///   - parallelism: The threads to use.
  ///   - state: The state to resume, or nil to start.
  ///   - objective: What to minimise; nil for the cross-entropy of the images' labels. Give it anew
  ///     when you resume.
  /// - Precondition: There are images, and `state` is of the same architecture and optimizer. A
  ///   soft label of the architecture's classes belongs to each image.
  public init(
    architecture: Architecture, plan: TrainingPlan, images: LabeledImages, seed: UInt64,
    parallelism: Parallelism, resuming state: TrainingState? = nil,
    objective: TrainingObjective? = nil
  ) {
    precondition(images.count > 0, "there are no images to train on")
    if let targets = objective?.targets {
      precondition(
        targets.count == images.count && targets.classes == architecture.classCount,
        "soft labels of \(targets.count) images and \(targets.classes) classes are of other ones")
    }
    let state =
      state
      ?? TrainingState(
        parameters: architecture.initialParameters(seed: seed),
        momentCount: plan.optimizer.momentCount)
    precondition(
      state.parameters.count == architecture.parameterCount
        && state.moments.count == architecture.parameterCount * plan.optimizer.momentCount,
      "the state is of another architecture or optimizer")
    self.architecture = architecture
    self.plan = plan
    self.images = images
    self.seed = seed
    self.parallelism = parallelism
    self.state = state
    let shards = (plan.batchSize + Self.shardSize - 1) / Self.shardSize
    workers = (0..<min(parallelism.threads, shards)).map { _ in
      TrainingWorker(
        architecture: architecture, plan: plan, images: images, objective: objective, seed: seed,
        capacity: min(Self.shardSize, plan.batchSize))
    }
    motion = ParameterMotion(architecture, plan: plan)
    shardGradients = (0..<shards).map { _ in Scratch(architecture.parameterCount) }
  }

  /// The number of steps in an epoch, whose last batch may be smaller.
  public var stepsPerEpoch: Int { (images.count + plan.batchSize - 1) / plan.batchSize }
  /// The number of steps in all epochs.
  public var totalSteps: Int { stepsPerEpoch * plan.epochs }
  /// Whether training has done all steps of all epochs.
  public var isFinished: Bool { state.step >= totalSteps }
  /// The network with the parameters of the last step.
  public var network: Network { Network(architecture: architecture, parameters: state.parameters) }

  /// The mean loss, in nats, of the current epoch's images so far, or nil at its beginning.
  public var lossOfEpoch: Double? {
    let seen = state.step % stepsPerEpoch * plan.batchSize
    return seen > 0 ? state.epochLoss / Double(seen) : nil
  }

  /// Does one step, and summarises the epoch if that step ends it.
  ///
  /// - Returns: If the epoch ends here, its loss and accuracy during training, with dropout on.
  /// - Precondition: Training is not finished.
  public func step() -> EpochSummary? {
    precondition(!isFinished, "all \(totalSteps) steps are done")
    let epoch = state.step / stepsPerEpoch
    let batch = imagesOfStep(state.step % stepsPerEpoch, epoch: epoch)
    let sums = computeGradients(of: batch)
    for sum in sums {
      state.epochLoss += sum.loss
      state.epochCorrect += sum.correct
    }
    moveParameters(shards: sums.count, batch: batch.count)
    state.step += 1
    guard state.step % stepsPerEpoch == 0 else { return nil }
    defer {
      state.epochLoss = 0
      state.epochCorrect = 0
    }
    return EpochSummary(
      epoch: epoch + 1, loss: state.epochLoss / Double(images.count),
      accuracy: Double(state.epochCorrect) / Double(images.count))
  }

  private func imagesOfStep(_ step: Int, epoch: Int) -> ArraySlice<Int> {
    if order.epoch != epoch {
      let stream = RandomStream(seed: seed, stream: RandomPurpose.trainingOrder << 8)
      order = (epoch, stream.permutation(count: images.count, pass: UInt32(epoch)))
    }
    let first = step * plan.batchSize
    return order.images[first..<min(first + plan.batchSize, images.count)]
  }

  /// Computes the gradient of the batch's mean loss, one part a shard.
  private func computeGradients(of batch: ArraySlice<Int>) -> [CrossEntropy] {
    let shards = (batch.count + Self.shardSize - 1) / Self.shardSize
    let (parameters, step) = (state.parameters, state.step)
    var sums = [CrossEntropy](repeating: CrossEntropy(), count: shards)
    sums.withUnsafeMutableBufferPointer { sums in
      let sums = sums
      parallelism.forEachShard(shards) { shard, worker in
        let first = batch.startIndex + shard * Self.shardSize
        sums[shard] = workers[worker].computeGradient(
          of: batch[first..<min(first + Self.shardSize, batch.endIndex)], step: step,
          batch: batch.count, parameters: parameters, into: shardGradients[shard].base)
      }
    }
    return sums
  }

  /// Adds the shards' gradients in order and moves the parameters by them.
  private func moveParameters(shards: Int, batch: Int) {
    let count = architecture.parameterCount
    let gradient = shardGradients[0].base
    let sliceSize = (count + Self.updateSlices - 1) / Self.updateSlices
    let step = state.step + 1
    let factor = plan.schedule.factor(
      step: state.step, stepsPerEpoch: stepsPerEpoch, epochs: plan.epochs)
    let (parallelism, shardGradients, motion) = (parallelism, shardGradients, motion)
    state.withUnsafeMutableParameters { parameters, moments in
      parallelism.forEachShard(Self.updateSlices) { slice, _ in
        let range = min(slice * sliceSize, count)..<min((slice + 1) * sliceSize, count)
        for shard in 1..<max(1, shards) {
          let terms = shardGradients[shard].base
          for index in range { gradient[index] += terms[index] }
        }
        motion.move(
          parameters, gradient: gradient, moments: moments, stride: count, range: range,
          step: step, factor: factor, batch: batch)
      }
    }
  }
}
