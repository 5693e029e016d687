import Detection
import Classifier
import NeuralNetwork
import Tensor

/// The detector's instruments: MC dropout and crops.
enum DetectionRows {
  private static let passes = 50

  static func dropoutAtStudySites(_ setting: NumericsSetting) throws -> BenchmarkRow {
    let images = 200
    let measurement = try MCDropout(classifier: setting.network, passes: passes, seed: 0)
    let seconds = try Stopwatch.leastSeconds {
      try measure(measurement, images: images, setting)
    }
    return setting.row(
      "MC dropout, 50 passes, the study's sites", images: images,
      operations: Double(passes)
        * OperationCount.stochastic(setting.network.architecture).forward,
      target: 0.6, seconds: seconds)
  }

  /// The limit is what deterministic inference of the same images takes, so the ratio is the cost
  /// as a multiple of it.
  static func dropoutBeforeLastLayer(_ setting: NumericsSetting) throws -> BenchmarkRow {
    let images = 2000
    let network = Network(
      architecture: .leNet(LeNetConfiguration(dropoutSites: ["dense1"])),
      parameters: setting.network.parameters)
    let measurement = try MCDropout(classifier: network, passes: passes, seed: 0)
    // By turns, so that both see the same machine.
    var (seconds, deterministic) = (Double.infinity, Double.infinity)
    for _ in 0..<5 {
      seconds = min(
        seconds,
        try Stopwatch.leastSeconds(runs: 1) { try measure(measurement, images: images, setting) })
      deterministic = min(
        deterministic,
        try Stopwatch.leastSeconds(runs: 1) {
          _ = try network.logits(count: images, parallelism: setting.parallelism) {
            setting.test.copyPixels(of: $0, into: $1)
          }
        })
    }
    return BenchmarkRow(
      workload:
        "MC dropout, 50 passes, before the last layer, threads: \(setting.parallelism.threads)",
      value: seconds / Double(images) * 1e6, unit: "µs/image",
      limit: deterministic / Double(images) * 1e6, target: .ratio(atMost: 1.4))
  }

  static func crops(_ setting: NumericsSetting) throws -> BenchmarkRow {
    let images = 800
    let crops = Crops(side: 24, shape: setting.test.shape)
    let seconds = try Stopwatch.leastSeconds {
      _ = try crops.classify(
        count: images, classifier: setting.network, parallelism: setting.parallelism
      ) { setting.test.copyPixels(of: $0, into: $1) }
    }
    return setting.row(
      "five crops and votes", images: images,
      operations: 5 * OperationCount(setting.network.architecture).forward, target: 0.55,
      seconds: seconds)
  }

  private static func measure(
    _ measurement: MCDropout, images: Int, _ setting: NumericsSetting
  ) throws {
    _ = try measurement.measure(Array(0..<images), parallelism: setting.parallelism) {
      setting.test.copyPixels(of: $0, into: $1)
    }
  }
}
