import Classifier
import NeuralNetwork
import Tensor
import Testing

/// What a step makes of the gradient, against the formulas written out in double precision.
@Suite struct ParameterMotionTests {
  static let images = TrainerTests.images
  static let input = images.shape
  static let hidden = ImageShape.vector(6)

  /// Two dense layers without anything random, so that a gradient depends on parameters alone.
  static let architecture = Architecture(
    name: "two", layers: layers(Dense(name: "dense1", input: input, outputs: 6)))

  static func layers(_ first: any Layer) -> [any Layer] {
    [first, ReLU(name: "relu", input: hidden), Dense(name: "dense2", input: hidden, outputs: 2)]
  }

  static let start = architecture.initialParameters(seed: 4)

  /// Which of the parameters are weights.
  static let isWeight: [Bool] = [(6 * input.count, 6), (12, 2)].flatMap {
    [Bool](repeating: true, count: $0.0) + [Bool](repeating: false, count: $0.1)
  }

  /// All images are one batch.
  static func trainer(
    _ optimizer: Optimizer, schedule: LearningRateSchedule = LearningRateSchedule(),
    weightDecay: Double = 0, from parameters: [Float] = start,
    architecture: Architecture = architecture
  ) -> Trainer {
    Trainer(
      architecture: architecture,
      plan: TrainingPlan(
        optimizer: optimizer, batchSize: images.count, epochs: 6, schedule: schedule,
        weightDecay: weightDecay),
      images: images, seed: 1, parallelism: Parallelism(threads: 1),
      resuming: TrainingState(parameters: parameters, momentCount: optimizer.momentCount))
  }

  /// The gradient of the cross-entropy: the first velocity of plain descent.
  static func gradient(at parameters: [Float]) -> [Double] {
    let trainer = trainer(.sgd(learningRate: 1, momentum: 0), from: parameters)
    _ = trainer.step()
    return trainer.state.moments.map(Double.init)
  }

  @Test("Adadelta follows Zeiler's formulas, with the decay of weights in the gradient")
  func adadelta() {
    let (rho, epsilon, decay) = (0.95, 1e-7, 0.01)
    let trainer = Self.trainer(.adadelta(), weightDecay: decay)
    var weights = Self.start.map(Double.init)
    var squares = weights.map { _ in 0.0 }
    var changes = squares
    for _ in 0..<4 {
      let gradient = Self.gradient(at: trainer.state.parameters)
      _ = trainer.step()
      for index in weights.indices {
        let slope = gradient[index] + (Self.isWeight[index] ? decay * weights[index] : 0)
        squares[index] = rho * squares[index] + (1 - rho) * slope * slope
        let change =
          -((changes[index] + epsilon).squareRoot() / (squares[index] + epsilon).squareRoot())
          * slope
        changes[index] = rho * changes[index] + (1 - rho) * change * change
        weights[index] += change
      }
      let largest = zip(weights, trainer.state.parameters).map { abs($0 - Double($1)) }.max() ?? 1
      #expect(largest < 2e-6)
    }
    #expect(zip(weights, Self.start).contains { abs($0 - Double($1)) > 5e-4 })
  }

  @Test("momentum goes by its formula under a schedule, with the decay of weights in the gradient")
  func momentum() {
    let (rate, momentum, decay) = (0.05, 0.9, 0.02)
    let trainer = Self.trainer(
      .sgd(learningRate: rate, momentum: momentum),
      schedule: LearningRateSchedule(.step(epochs: 2, factor: 0.25), warmupEpochs: 2),
      weightDecay: decay)
    var weights = Self.start.map(Double.init)
    var velocities = weights.map { _ in 0.0 }
    for factor in [0.5, 1, 0.25, 0.25, 0.0625] {
      let gradient = Self.gradient(at: trainer.state.parameters)
      _ = trainer.step()
      for index in weights.indices {
        let slope = gradient[index] + (Self.isWeight[index] ? decay * weights[index] : 0)
        velocities[index] = momentum * velocities[index] + slope
        weights[index] -= rate * factor * velocities[index]
      }
      let largest = zip(weights, trainer.state.parameters).map { abs($0 - Double($1)) }.max() ?? 1
      #expect(largest < 2e-6)
    }
  }

  @Test("Adam's decay of weights stands beside the step, and leaves biases alone")
  func decoupled() {
    let (rate, decay) = (0.01, 0.3)
    let plain = Self.trainer(.adam(learningRate: rate))
    let decayed = Self.trainer(.adam(learningRate: rate), weightDecay: decay)
    _ = plain.step()
    _ = decayed.step()
    #expect(plain.state.moments == decayed.state.moments)
    for index in Self.start.indices {
      let shrunk = Self.isWeight[index] ? Float(rate * decay) * Self.start[index] : 0
      let difference = plain.state.parameters[index] - decayed.state.parameters[index]
      #expect(abs(difference - shrunk) < 1e-7)
    }
  }

  @Test("a layer's penalty is in the gradient of its weights and biases, and of no others")
  func penalty() {
    let penalised = Architecture(
      name: "two",
      layers: Self.layers(
        Penalised(dense: Dense(name: "dense1", input: Self.input, outputs: 6), l2: 0.01)))
    var parameters = Self.start
    for index in parameters.indices where !Self.isWeight[index] { parameters[index] = 0.5 }
    let gradient = Self.gradient(at: parameters)
    let trainer = Self.trainer(
      .sgd(learningRate: 1, momentum: 0), from: parameters, architecture: penalised)
    _ = trainer.step()
    let first = 6 * Self.input.count + 6
    for index in parameters.indices {
      let penalty = index < first ? 2 * 0.01 * Double(parameters[index]) : 0
      #expect(abs(Double(trainer.state.moments[index]) - gradient[index] - penalty) < 1e-6)
    }
  }

  @Test("running statistics follow the mean of the batch, whatever its shards and the optimizer")
  func statistics() {
    let architecture = Architecture(
      name: "centred",
      layers: [
        Centring(input: Self.input), Dense(name: "dense", input: Self.input, outputs: 2),
      ])
    let size = Self.input.count
    let parameters = [Float](repeating: 0.25, count: architecture.parameterCount)
    // 150 images are two whole shards and one of 22.
    let trainer = Self.trainer(
      .adam(learningRate: 0.01), weightDecay: 0.1, from: parameters, architecture: architecture)
    _ = trainer.step()
    for index in 0..<size {
      let sum = (0..<Self.images.count).reduce(0.0) {
        $0 + Double(Self.images.pixels[$1 * size + index]) / 255
      }
      let expected = 0.9 * 0.25 + 0.1 * sum / Double(Self.images.count)
      #expect(abs(Double(trainer.state.parameters[index]) - expected) < 1e-6)
    }
    #expect(trainer.state.moments.prefix(size).allSatisfy { $0 == 0 })
  }

  @Test("schedules give their factors")
  func schedules() {
    func factors(_ schedule: LearningRateSchedule) -> [Double] {
      (0..<8).map { schedule.factor(step: $0, stepsPerEpoch: 2, epochs: 4) }
    }
    func expect(_ schedule: LearningRateSchedule, _ expected: [Double]) {
      for (found, wanted) in zip(factors(schedule), expected) {
        #expect(abs(found - wanted) < 1e-12, "\(schedule)")
      }
    }
    #expect(factors(LearningRateSchedule()) == [Double](repeating: 1, count: 8))
    expect(
      LearningRateSchedule(.constant, warmupEpochs: 1.5),
      [1.0 / 3, 2.0 / 3, 1, 1, 1, 1, 1, 1])
    expect(
      LearningRateSchedule(.step(epochs: 1, factor: 0.5)),
      [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125])
    let root = 0.5.squareRoot()
    expect(
      LearningRateSchedule(.cosine),
      [
        1, 0.96193976625564, (1 + root) / 2, 0.69134171618254, 0.5, 0.30865828381746,
        (1 - root) / 2,
      ]
    )
    expect(
      LearningRateSchedule(.cosine, warmupEpochs: 2),
      [0.25, 0.5, 0.75, 1, 1, (1 + root) / 2, 0.5, (1 - root) / 2])
  }
}
