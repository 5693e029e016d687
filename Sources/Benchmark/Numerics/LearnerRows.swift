import Detection
import Foundation
import Classifier
import Tensor

/// Measures of features and learned detectors.
enum LearnerRows {
  private static let images = 20_000

  /// Each measure from nothing: the training images' features, what is fitted to them, and the
  /// images' own features.
  static func rows(_ setting: NumericsSetting) throws -> [BenchmarkRow] {
    var rows: [BenchmarkRow] = []
    for (measure, seconds) in [
      ("kernel_density_0.3", 10.0), ("kernel_density", nil), ("mahalanobis", nil), ("lid", nil),
    ] as [(String, Double?)] {
      rows.append(try row(measure, atMost: seconds, setting))
    }
    for learner in DetectorCatalogue.learners { rows.append(try row(learner, setting)) }
    return rows
  }

  private static func row(
    _ name: String, atMost seconds: Double?, _ setting: NumericsSetting
  ) throws -> BenchmarkRow {
    let measure = try MeasureCatalogue.measure(named: name)
    let size = setting.test.shape.count
    let pixels = [Float](unsafeUninitializedCapacity: images * size) { pixels, initialized in
      guard let base = pixels.baseAddress else { return }
      for image in 0..<images {
        setting.test.copyPixels(of: image % setting.test.count, into: base + image * size)
      }
      initialized = images * size
    }
    let taken = try ContinuousClock().measure {
      let material = MeasureMaterial(
        classifier: setting.network, seed: 0, passes: 1, trainingImages: setting.training,
        parallelism: setting.parallelism)
      let prepared = try measure.prepare(material)
      for first in stride(from: 0, to: images, by: 2000) {
        let batch = ImageBatch(
          indices: Array(first..<first + 2000),
          pixels: Array(pixels[first * size..<(first + 2000) * size]), material: material)
        _ = try prepared.values(of: batch)
      }
    }
    return BenchmarkRow(
      workload:
        "\(name) of \(images) images, from nothing, threads: \(setting.parallelism.threads)",
      value: taken / .seconds(1), unit: "s",
      target: seconds.map { .value(below: $0) })
  }

  /// A fit of as many images as the held-out half and its four adversarial sets have.
  private static func row(
    _ learner: any DetectorLearner, _ setting: NumericsSetting
  ) throws -> BenchmarkRow {
    let (count, inputs) = (25_000, 40)
    let noise = RandomStream(seed: 0, stream: 0).uniform(count: count * inputs, bound: 1, pass: 0)
    // Adversarial where a few inputs are high, and a tenth of the others by chance.
    let targets = (0..<count).map { row in
      let sum = (0..<4).reduce(Float(0)) { $0 + noise[row * inputs + $1] }
      return sum + 2 * noise[row * inputs + 4] * noise[row * inputs + 5] > 0.3
    }
    let examples = try DetectorExamples(
      inputs: (0..<inputs).map { "input \($0)" }, values: noise.map(Double.init),
      isAdversarial: targets, groups: (0..<count).map { $0 % 5000 })
    let taken = try ContinuousClock().measure {
      _ = try learner.fit(
        examples, seed: 0, parallelism: setting.parallelism, progress: { _, _ in },
        isCancelled: { false })
    }
    return BenchmarkRow(
      workload: "\(learner.title), \(count) images, \(inputs) inputs, cross-validated, "
        + "threads: \(setting.parallelism.threads)",
      value: taken / .seconds(1), unit: "s")
  }
}
