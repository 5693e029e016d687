import Classifier
import NeuralNetwork
import Tensor

/// The network alone: training and deterministic inference.
enum NetworkRows {
  static func training(_ setting: NumericsSetting) -> BenchmarkRow {
    let trainer = NumericsSetting.trainer(on: setting.training, setting.parallelism)
    let steps = 30
    let seconds = Stopwatch.leastSeconds {
      for _ in 0..<steps { _ = trainer.step() }
    }
    return setting.row(
      "training, batch 128, Adam", images: steps * trainer.plan.batchSize,
      operations: OperationCount(trainer.architecture).training, target: 0.6, seconds: seconds)
  }

  static func inference(_ setting: NumericsSetting) throws -> BenchmarkRow {
    let images = 256 * 16
    let seconds = try Stopwatch.leastSeconds {
      _ = try setting.network.logits(count: images, parallelism: setting.parallelism) {
        setting.test.copyPixels(of: $0, into: $1)
      }
    }
    return setting.row(
      "deterministic inference", images: images,
      operations: OperationCount(setting.network.architecture).forward, target: 0.65,
      seconds: seconds)
  }
}
