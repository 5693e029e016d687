import Classifier
import NeuralNetwork
import Tensor
import Testing

@Suite struct TrainerTests {
  static let architecture = Architecture.leNet(
    LeNetConfiguration(conv1: 3, conv2: 4, dense1: 10),
    input: ImageShape(height: 16, width: 16, channels: 1), classes: 2)

  /// Noise, with a bright square in the upper left or the lower right corner.
  static let images: LabeledImages = {
    let stream = RandomStream(seed: 9, stream: 0)
    var pixels: [UInt8] = []
    for image in 0..<150 {
      for y in 0..<16 {
        for x in 0..<16 {
          let noise = stream.integer(
            below: 100, image: UInt32(image), pass: UInt32(y), block: UInt32(x))
          let isBright = image % 2 == 0 ? x < 6 && y < 6 : x > 9 && y > 9
          pixels.append(UInt8(noise + (isBright ? 150 : 0)))
        }
      }
    }
    return LabeledImages(
      shape: ImageShape(height: 16, width: 16, channels: 1), pixels: pixels,
      labels: (0..<150).map { UInt8($0 % 2) })
  }()

  func trainer(
    threads: Int = 1, optimizer: Optimizer = .adam(learningRate: 0.003), seed: UInt64 = 1,
    batchSize: Int = 70, resuming state: TrainingState? = nil,
    architecture: Architecture = TrainerTests.architecture, objective: TrainingObjective? = nil
  ) -> Trainer {
    Trainer(
      architecture: architecture,
      plan: TrainingPlan(optimizer: optimizer, batchSize: batchSize, epochs: 12),
      images: Self.images,
      seed: seed, parallelism: Parallelism(threads: threads), resuming: state,
      objective: objective)
  }

  func finish(_ trainer: Trainer) -> [EpochSummary] {
    var epochs: [EpochSummary] = []
    while !trainer.isFinished {
      if let epoch = trainer.step() { epochs.append(epoch) }
    }
    return epochs
  }

  @Test(
    "training learns",
    arguments: [Optimizer.adam(learningRate: 0.003), .sgd(learningRate: 0.02, momentum: 0.9)])
  func learns(optimizer: Optimizer) throws {
    let epochs = finish(trainer(optimizer: optimizer, batchSize: 5))
    #expect(epochs.map(\.epoch) == Array(1...12))
    let (first, last) = (try #require(epochs.first), try #require(epochs.last))
    #expect(last.loss < first.loss * 0.7)
    #expect(last.accuracy > 0.8)
  }

  @Test("the number of threads changes no bit", arguments: [2, 3])
  func threads(threads: Int) {
    let (one, many) = (trainer(), trainer(threads: threads))
    #expect(finish(one) == finish(many))
    #expect(one.state == many.state)
  }

  @Test("training taken up after any step ends with the same bits", arguments: [1, 3, 7, 35])
  func resumes(steps: Int) throws {
    let undisturbed = trainer()
    let epochs = finish(undisturbed)
    let interrupted = trainer()
    for _ in 0..<steps { _ = interrupted.step() }
    let state = try #require(TrainingState(bytes: interrupted.state.bytes))
    #expect(state == interrupted.state)
    let resumed = trainer(threads: 2, resuming: state)
    let later = finish(resumed)
    #expect(resumed.state == undisturbed.state)
    #expect(epochs.suffix(later.count) == later[...])
  }

  @Test("seeds differ")
  func seeds() {
    let (one, other) = (trainer(seed: 1), trainer(seed: 2))
    _ = one.step()
    _ = other.step()
    #expect(one.state.parameters != other.state.parameters)
  }

  @Test("bytes that are no state are refused", arguments: [0, 10, 47, 48, 1000])
  func foreignBytes(count: Int) throws {
    let bytes = trainer().state.bytes
    #expect(TrainingState(bytes: Array(bytes.prefix(count))) == nil)
    #expect(TrainingState(bytes: [UInt8](repeating: 0, count: count)) == nil)
    #expect(TrainingState(bytes: bytes + [0]) == nil)
    var huge = bytes
    huge[39] = 0x7f
    #expect(TrainingState(bytes: huge) == nil)
  }

  @Test("Adam and momentum follow their published formulas")
  func optimizers() {
    for optimizer in [
      Optimizer.adam(learningRate: 0.003), .sgd(learningRate: 0.02, momentum: 0.9),
    ] {
      let trainer = trainer(optimizer: optimizer)
      var weights = trainer.state.parameters.map(Double.init)
      var first = weights.map { _ in 0.0 }
      var second = first
      for step in 1...3 {
        let before = trainer.state
        _ = trainer.step()
        // The gradient of this step, got back from what the optimizer remembers of it.
        for index in Swift.stride(from: 0, to: weights.count, by: 13) {
          switch optimizer {
          case .adam(let rate, let beta1, let beta2, let epsilon):
            let gradient =
              (Double(trainer.state.moments[index]) - beta1 * Double(before.moments[index]))
              / (1 - beta1)
            first[index] = beta1 * first[index] + (1 - beta1) * gradient
            second[index] = beta2 * second[index] + (1 - beta2) * gradient * gradient
            let (power1, power2) = (power(beta1, step), power(beta2, step))
            weights[index] -=
              rate * (first[index] / (1 - power1))
              / ((second[index] / (1 - power2)).squareRoot() + epsilon)
          case .sgd(let rate, let momentum):
            let gradient =
              Double(trainer.state.moments[index]) - momentum * Double(before.moments[index])
            first[index] = momentum * first[index] + gradient
            weights[index] -= rate * first[index]
          case .adadelta: Issue.record("ParameterMotionTests check it")
          }
          #expect(abs(Double(trainer.state.parameters[index]) - weights[index]) < 2e-4)
        }
      }
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
