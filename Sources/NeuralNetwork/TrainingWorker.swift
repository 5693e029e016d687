internal import Classifier
internal import Tensor

/// One worker of a trainer: the memory for a shard of a batch, and what is done with it.
final class TrainingWorker {
  private let architecture: Architecture
  private let plan: TrainingPlan
  private let images: LabeledImages
  private let objective: TrainingObjective?
  private let seed: UInt64
  private let propagation: Propagation
  /// The images under attack, before and after it; empty without adversarial training.
  private let attacked: [Scratch<Float>]

  /// Takes memory for shards of up to `capacity` images.
  ///
  /// - Parameters:
  ///   - architecture: The layers to train.
  ///   - plan: How to train them.
  ///   - images: The images to train on.
  ///   - objective: What to minimise; nil for the cross-entropy of the images' labels.
  ///   - seed: The seed of everything random.
  ///   - capacity: The largest number of images in a shard.
  init(
    architecture: Architecture, plan: TrainingPlan, images: LabeledImages,
    objective: TrainingObjective?, seed: UInt64, capacity: Int
  ) {
    self.architecture = architecture
    self.plan = plan
    self.images = images
    self.objective = objective
    self.seed = seed
    propagation = Propagation(
      architecture: architecture, capacity: capacity, dropout: true, gradients: true)
    attacked =
      plan.adversarial == nil
      ? [] : (0..<2).map { _ in Scratch(capacity * architecture.input.count) }
  }

  /// Computes a shard's part of the gradient of the batch's mean loss.
  ///
  /// - Parameters:
  ///   - members: The images of the shard.
  ///   - step: The number of the step, over all epochs.
  ///   - batch: The number of images in the batch.
  ///   - parameters: The parameters of the network.
  ///   - gradient: Room for the gradient with respect to all parameters.
  /// - Returns: The loss of the shard, and how many of its images were classified correctly.
  func computeGradient(
    of members: ArraySlice<Int>, step: Int, batch: Int, parameters: [Float],
    into gradient: UnsafeMutablePointer<Float>
  ) -> CrossEntropy {
    load(members, step: step, parameters: parameters)
    var sum = CrossEntropy()
    let sampled = members.map { SampledRow(image: UInt32($0), pass: UInt32(step)) }
    sampled.withUnsafeBufferPointer { rows in
      guard let rows = rows.baseAddress else { return }
      let dropout = DropoutMode.sampled(
        seed: seed, purpose: RandomPurpose.trainingDropout, rows: rows)
      propagation.forward(
        rows: members.count, parameters: parameters, dropout: dropout, isTraining: true)
      sum = addLoss(of: members, scale: 1 / Float(batch))
      propagation.backward(
        rows: members.count, parameters: parameters, parameterGradient: gradient, toInput: false,
        dropout: dropout, isTraining: true)
    }
    return sum
  }

  /// Writes images to the propagation's input, attacked where the plan says so.
  private func load(_ members: ArraySlice<Int>, step: Int, parameters: [Float]) {
    let size = architecture.input.count
    let victims = plan.adversarial.map { adversarial in
      members.filter { adversarial.attacks(image: $0, seed: seed, step: step) }
    }
    if let adversarial = plan.adversarial, let victims, !victims.isEmpty {
      attack(victims, by: adversarial, step: step, parameters: parameters)
    }
    var attackedCount = 0
    for (row, image) in members.enumerated() {
      let pixels = propagation.input + row * size
      if let victims, attackedCount < victims.count, victims[attackedCount] == image {
        pixels.update(from: attacked[1].base + attackedCount * size, count: size)
        attackedCount += 1
      } else {
        copyPixels(of: image, step: step, into: pixels)
      }
    }
  }

  /// Attacks images, and leaves what came of them in the memory of attacked ones.
  private func attack(
    _ victims: [Int], by adversarial: AdversarialTraining, step: Int, parameters: [Float]
  ) {
    let size = architecture.input.count
    let count = victims.count * size
    let pixels = propagation.input
    for (row, image) in victims.enumerated() {
      copyPixels(of: image, step: step, into: pixels + row * size)
    }
    attacked[0].base.update(from: pixels, count: count)
    for (row, image) in victims.enumerated() {
      adversarial.start(pixels + row * size, count: size, image: image, seed: seed, step: step)
    }
    for _ in 0..<adversarial.iterations {
      propagation.forward(rows: victims.count, parameters: parameters)
      _ = addLoss(of: victims[...], scale: 1)
      propagation.backward(rows: victims.count, parameters: parameters, toInput: true)
      adversarial.advance(
        pixels, originals: attacked[0].base, gradient: propagation.inputGradient, count: count)
    }
    attacked[1].base.update(from: pixels, count: count)
  }

  private func copyPixels(of image: Int, step: Int, into pixels: UnsafeMutablePointer<Float>) {
    if let augmentation = plan.augmentation {
      augmentation.copyPixels(of: image, from: images, seed: seed, step: step, into: pixels)
    } else {
      images.copyPixels(of: image, into: pixels)
    }
  }

  /// Sums the loss of the images of the last forward pass, and writes its gradient times `scale`.
  private func addLoss(of members: ArraySlice<Int>, scale: Float) -> CrossEntropy {
    var sum = CrossEntropy()
    let classes = architecture.classCount
    if let objective {
      sum.add(
        members, of: images, objective: objective, from: propagation, scale: scale,
        classes: classes)
    } else {
      for (row, image) in members.enumerated() {
        sum.add(
          logits: propagation.output + row * classes, label: Int(images.labels[image]),
          count: classes, scale: scale, gradient: propagation.outputGradient + row * classes)
      }
    }
    return sum
  }
}
