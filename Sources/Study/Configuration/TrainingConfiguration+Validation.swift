internal import Sweep

extension TrainingConfiguration {
  /// Checks that every value is possible, and that none is given that would count for nothing.
  func validate() throws(ConfigurationError) {
    try require(
      learningRate > 0 && learningRate <= 10, "training.learning_rate", "is \(learningRate)",
      "it must be above 0 and at most 10")
    try require(
      momentum >= 0 && momentum < 1, "training.momentum", "is \(momentum)",
      "it must be at least 0 and below 1")
    try require(
      (1...100_000).contains(batchSize), "training.batch_size", "is \(batchSize)",
      "it must be from 1 to 100000")
    try require(
      (1...100_000).contains(epochs), "training.epochs", "is \(epochs)",
      "it must be from 1 to 100000")
    try require(weightDecay, in: 0...1, "training.weight_decay")
    try validateSchedule()
    if let shift {
      try require(
        (0...10_000).contains(shift), "training.shift", "is \(shift)", "it must be from 0 to 10000")
    }
    try validateAttack()
  }

  private func validateSchedule() throws(ConfigurationError) {
    if let scheduleEpochs {
      try require(
        (1...100_000).contains(scheduleEpochs), "training.schedule_epochs",
        "is \(scheduleEpochs)", "it must be from 1 to 100000")
    }
    if let scheduleFactor {
      try require(
        scheduleFactor > 0 && scheduleFactor <= 1, "training.schedule_factor",
        "is \(scheduleFactor)", "it must be above 0 and at most 1")
    }
    if schedule == .step {
      try require(
        scheduleEpochs != nil, "training.schedule", "is step",
        "training.schedule_epochs must say after how many epochs")
    } else {
      for (name, isGiven) in [
        ("schedule_epochs", scheduleEpochs != nil), ("schedule_factor", scheduleFactor != nil),
      ] {
        try require(
          !isGiven, "training.\(name)", "is given", "training.schedule must be step with it")
      }
    }
    try require(warmupEpochs, in: 0...Double(epochs), "training.warmup_epochs")
  }

  private func validateAttack() throws(ConfigurationError) {
    for (name, value) in [
      ("adversarial_epsilon", adversarialEpsilon), ("adversarial_step_size", adversarialStepSize),
    ] {
      guard let value else { continue }
      try require(
        value > 0 && value <= 1, "training.\(name)", "is \(value)",
        "it must be above 0 and at most 1")
    }
    if let adversarialIterations {
      try require(
        (1...10_000).contains(adversarialIterations), "training.adversarial_iterations",
        "is \(adversarialIterations)", "it must be from 1 to 10000")
    }
    try require(adversarialShare, in: 0...1, "training.adversarial_share")
    guard adversarialEpsilon == nil else { return }
    for (name, isGiven) in [
      ("adversarial_step_size", adversarialStepSize != nil),
      ("adversarial_iterations", adversarialIterations != nil),
      ("adversarial_random_start", adversarialRandomStart != nil),
      ("adversarial_share", adversarialShare != nil),
    ] {
      try require(
        !isGiven, "training.\(name)", "is given",
        "training.adversarial_epsilon must be given with it")
    }
  }
}

private func require(
  _ value: Double?, in range: ClosedRange<Double>, _ setting: String
) throws(ConfigurationError) {
  guard let value else { return }
  try require(
    range.contains(value), setting, "is \(value)",
    "it must be from \(Int(range.lowerBound)) to \(Int(range.upperBound))")
}
