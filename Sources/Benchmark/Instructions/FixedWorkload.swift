import Attack
import Detection
import Foundation
import Classifier
import NeuralNetwork
import Tensor
import Tracker

/// Fixed pieces of work whose instructions can be counted: each executes the same ones in every run.
enum FixedWorkload: String, CaseIterable {
  /// Three steps of training a LeNet.
  case training
  /// MC dropout and crops, and images under attack.
  case detection
  /// Makes an empty database, whose schema grows with each version.
  case creation
  /// Records runs with artifacts and metrics, from their beginning to their end, in a new database.
  case store

  func run() throws {
    switch self {
    case .training: train()
    case .detection: try detect()
    case .creation: try create()
    case .store: try record()
    }
  }

  private func train() {
    let trainer = Trainer(
      architecture: .leNet(),
      plan: TrainingPlan(optimizer: .adam(learningRate: 0.001), batchSize: 32, epochs: 1),
      images: Self.images, seed: 0, parallelism: Parallelism(threads: 1))
    for _ in 0..<3 { _ = trainer.step() }
  }

  private func detect() throws {
    let architecture = Architecture.leNet()
    let network = Network(
      architecture: architecture, parameters: architecture.initialParameters(seed: 0))
    let parallelism = Parallelism(threads: 1)
    let load = { Self.images.copyPixels(of: $0, into: $1) }
    _ = try MCDropout(classifier: network, passes: 10, seed: 0).measure(
      Array(0..<4), parallelism: parallelism, load: load)
    _ = try Crops(side: 24, shape: Self.images.shape).classify(
      count: 4, classifier: network, parallelism: parallelism, load: load)
    let attack = BIM(epsilon: 0.3, stepSize: 0.01, iterations: 4, form: .last)
    _ = try AttackRunner(attack: attack, classifier: network, seed: 0).run(
      on: Self.images, indices: Array(0..<8)[...], parallelism: parallelism)
  }

  private func create() throws {
    try TemporaryStore.withPath { path in
      _ = try Tracker(writing: path, environment: RunEnvironment(version: "fixed"))
    }
  }

  private func record() throws {
    try TemporaryStore.withPath { path in
      let tracker = try Tracker(writing: path, environment: RunEnvironment(version: "fixed"))
      for number in 0..<20 {
        let description = RunDescription(
          kind: "fixed", configuration: .object(["number": .integer(Int64(number))]))
        guard case .active(let run) = try tracker.begin(description) else { continue }
        for step in 0..<500 { try run.log("loss", step: Int64(step), value: 1) }
        try run.finish { writer in
          try writer.putArtifact(
            "weights", bytes: [UInt8](repeating: 1, count: 10_000), mediaType: "none")
        }
      }
    }
  }

  /// Pixels of random noise.
  private static let images: LabeledImages = {
    let stream = RandomStream(seed: 1, stream: 0)
    let shape = ImageShape(height: 28, width: 28, channels: 1)
    return LabeledImages(
      shape: shape,
      pixels: (0..<96 * shape.count).map {
        UInt8(stream.integer(below: 256, image: UInt32($0), pass: 0))
      },
      labels: (0..<96).map { UInt8($0 % 10) })
  }()
}
