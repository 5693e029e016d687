import Classifier
import NeuralNetwork
import Tensor
import Testing

@Suite struct TrainingObjectiveTests {
  /// The loss of one image, in double precision, by its definition.
  func loss(_ logits: [Float], _ target: [Float], temperature: Float) -> Double {
    var entropy = CrossEntropy()
    var gradient = [Float](repeating: 0, count: logits.count)
    entropy.add(
      logits: logits, target: target, label: 0, temperature: temperature, count: logits.count,
      scale: 1, gradient: &gradient)
    return entropy.loss
  }

  @Test(
    "the gradient at soft labels agrees with central differences",
    arguments: [Float(1), 5, 100])
  func gradient(temperature: Float) {
    let logits: [Float] = [0.5, -1.25, 3, 0, 1.5]
    let target: [Float] = [0.1, 0, 0.6, 0.25, 0.05]
    var gradient = [Float](repeating: 0, count: 5)
    var entropy = CrossEntropy()
    entropy.add(
      logits: logits, target: target, label: 2, temperature: temperature, count: 5, scale: 0.5,
      gradient: &gradient)
    #expect(entropy.correct == 1)
    for index in logits.indices {
      let step: Float = 1.0 / 64
      var (above, below) = (logits, logits)
      above[index] += step
      below[index] -= step
      let slope =
        (loss(above, target, temperature: temperature)
          - loss(below, target, temperature: temperature)) / Double(2 * step)
      #expect(abs(Double(gradient[index]) - 0.5 * slope) < 1e-5)
    }
  }

  @Test("a distribution on one class at temperature 1 is the hard label")
  func hardLabel() {
    let logits: [Float] = [0.5, -1.25, 3, 0]
    var hard = CrossEntropy()
    var hardGradient = [Float](repeating: 0, count: 4)
    hard.add(logits: logits, label: 1, count: 4, scale: 0.25, gradient: &hardGradient)
    var soft = CrossEntropy()
    var softGradient = hardGradient
    soft.add(
      logits: logits, target: [0, 1, 0, 0], label: 1, temperature: 1, count: 4, scale: 0.25,
      gradient: &softGradient)
    #expect(abs(hard.loss - soft.loss) < 1e-9)
    #expect(zip(hardGradient, softGradient).allSatisfy { abs($0 - $1) < 1e-7 })
  }

  @Test("soft labels follow their definitions")
  func labels() {
    let softened = SoftLabels(logits: [0, 100, 200, 50, 50, 50], classes: 3, temperature: 100)
    // e^0, e^1, e^2 over their sum, and three equal ones.
    let expected: [Float] = [0.0900306, 0.2447285, 0.6652410, 1.0 / 3, 1.0 / 3, 1.0 / 3]
    #expect(zip(softened.probabilities, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    let outlying = SoftLabels(labels: [1, 0], classes: 2, outlier: [0.25, 0])
    #expect(outlying.probabilities == [0, 0.75, 0.25, 1, 0, 0])
    #expect(outlying.count == 2)
  }

  static let widened = Architecture.leNet(
    LeNetConfiguration(conv1: 3, conv2: 4, dense1: 10),
    input: ImageShape(height: 16, width: 16, channels: 1), classes: 3)

  /// Each image of the second class is an outlier for the most part.
  static let objective = TrainingObjective(
    temperature: 2,
    targets: SoftLabels(
      labels: TrainerTests.images.labels, classes: 2,
      outlier: TrainerTests.images.labels.map { $0 == 1 ? 0.9 : 0 }))

  @Test("training on soft labels learns the outlier class, the same for any number of threads")
  func outlierClass() throws {
    func trained(threads: Int, batchSize: Int) -> Trainer {
      let trainer = TrainerTests().trainer(
        threads: threads, batchSize: batchSize, architecture: Self.widened,
        objective: Self.objective)
      _ = TrainerTests().finish(trainer)
      return trainer
    }
    #expect(trained(threads: 1, batchSize: 70).state == trained(threads: 3, batchSize: 70).state)
    let trainer = trained(threads: 1, batchSize: 5)
    let logits = try trainer.network.logits(count: 150, parallelism: Parallelism(threads: 1)) {
      TrainerTests.images.copyPixels(of: $0, into: $1)
    }
    let outliers = (0..<150).count { logits[$0 * 3 + 2] > max(logits[$0 * 3], logits[$0 * 3 + 1]) }
    #expect((60...90).contains(outliers))
  }

  @Test("training on soft labels resumes to the same bits, from parameters that are given")
  func resumes() throws {
    let start = Self.widened.initialParameters(seed: 77)
    func begun() -> Trainer {
      TrainerTests().trainer(
        resuming: TrainingState(parameters: start, momentCount: 2), architecture: Self.widened,
        objective: Self.objective)
    }
    let undisturbed = begun()
    let epochs = TrainerTests().finish(undisturbed)
    let interrupted = begun()
    for _ in 0..<5 { _ = interrupted.step() }
    let state = try #require(TrainingState(bytes: interrupted.state.bytes))
    let resumed = TrainerTests().trainer(
      threads: 2, resuming: state, architecture: Self.widened, objective: Self.objective)
    let later = TrainerTests().finish(resumed)
    #expect(resumed.state == undisturbed.state)
    #expect(epochs.suffix(later.count) == later[...])
  }

  @Test("the first step goes along the gradient of the loss")
  func step() {
    // SGD without momentum moves by the gradient alone, which differences of the loss give, too.
    let rate = 0.5
    let small = Architecture(
      name: "dense",
      layers: [
        Dense(name: "dense", input: ImageShape(height: 16, width: 16, channels: 1), outputs: 3)
      ])
    func trainer(from parameters: [Float]) -> Trainer {
      TrainerTests().trainer(
        optimizer: .sgd(learningRate: rate, momentum: 0), batchSize: 150,
        resuming: TrainingState(parameters: parameters, momentCount: 1), architecture: small,
        objective: Self.objective)
    }
    func loss(_ parameters: [Float]) -> Double {
      let trainer = trainer(from: parameters)
      return trainer.step()?.loss ?? .nan
    }
    let start = small.initialParameters(seed: 5)
    let moved = trainer(from: start)
    _ = moved.step()
    for index in stride(from: 0, to: start.count, by: 61) {
      var (above, below) = (start, start)
      above[index] += 1e-2
      below[index] -= 1e-2
      let slope = (loss(above) - loss(below)) / Double(above[index] - below[index])
      let taken = Double(start[index] - moved.state.parameters[index]) / rate
      #expect(abs(taken - slope) < 1e-4)
    }
  }
}
