import Attack
import Dataset
import Detection
import Foundation
import Classifier
import NeuralNetwork
import Tensor

/// What the rows of the numerics share: MNIST, a LeNet that was trained on it briefly, and the
/// measured peak of the matrix product.
struct NumericsSetting {
  let training: LabeledImages
  let test: LabeledImages
  let network: Network
  /// What the matrix product can do on the same threads.
  let limit: ProductLimit

  private static let trainingSteps = 150

  /// Trains the network and measures the peak.
  init(data: DataDirectory, parallelism: Parallelism) throws {
    let mnist = try data.load("mnist")
    training = LabeledImages(mnist.train)
    test = LabeledImages(mnist.test)
    let trainer = Self.trainer(on: training, parallelism)
    for _ in 0..<Self.trainingSteps { _ = trainer.step() }
    network = trainer.network
    limit = ProductLimit(parallelism)
  }

  private init(_ other: NumericsSetting, parallelism: Parallelism) {
    training = other.training
    test = other.test
    network = other.network
    limit = ProductLimit(parallelism)
  }

  var parallelism: Parallelism { limit.parallelism }

  /// The same on another number of threads, with the peak measured on those.
  func on(threads: Int) -> NumericsSetting {
    NumericsSetting(self, parallelism: Parallelism(threads: threads))
  }

  /// A training by the study's settings, at its beginning.
  static func trainer(
    on images: LabeledImages, _ parallelism: Parallelism,
    configuration: LeNetConfiguration = LeNetConfiguration()
  ) -> Trainer {
    Trainer(
      architecture: .leNet(configuration),
      plan: TrainingPlan(optimizer: .adam(learningRate: 0.001), batchSize: 128, epochs: 20),
      images: images, seed: 0, parallelism: parallelism)
  }

  /// A row whose limit is the peak divided by the operations that one image takes.
  func row(
    _ workload: String, images: Int, operations: Double, target: Double, seconds: Double
  ) -> BenchmarkRow {
    limit.row(
      workload, images: images, operations: operations, target: target, seconds: seconds)
  }
}

extension LabeledImages {
  init(_ images: ImageSet) {
    self.init(
      shape: ImageShape(height: images.rows, width: images.columns, channels: 1),
      pixels: images.pixels, labels: images.labels)
  }
}
