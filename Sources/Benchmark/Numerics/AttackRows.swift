import Attack
import Classifier
import NeuralNetwork
import Tensor

/// The attacks, on the first test images.
enum AttackRows {
  static func fgsm(_ setting: NumericsSetting) throws -> BenchmarkRow {
    let images = 1000
    let seconds = try seconds(FGSM(epsilon: 0.3), images: images, setting)
    // The runner classifies each adversarial image once more.
    let count = OperationCount(setting.network.architecture)
    return setting.row(
      "FGSM", images: images, operations: count.inputGradient + count.forward, target: 0.55,
      seconds: seconds)
  }

  /// Iterations a second; form B gives every image all of them.
  static func bim(_ setting: NumericsSetting) throws -> BenchmarkRow {
    let (images, iterations) = (200, 10)
    let seconds = try seconds(
      BIM(epsilon: 0.3, stepSize: 0.01, iterations: iterations, form: .last), images: images,
      setting)
    return setting.row(
      "BIM, one iteration", images: images * iterations,
      operations: OperationCount(setting.network.architecture).inputGradient, target: 0.55,
      seconds: seconds)
  }

  /// Iterations a second of Carlini and Wagner's L2 attack beside BIM's: each is a forward and a
  /// backward pass, and what the attack does beside them must not weigh much.
  static func carliniWagner(_ setting: NumericsSetting) throws -> BenchmarkRow {
    let (images, iterations) = (200, 10)
    let bim = try seconds(
      BIM(epsilon: 0.3, stepSize: 0.01, iterations: iterations, form: .last), images: images,
      setting)
    // Nobody reaches that confidence, so that each image takes all its iterations.
    let ours = try seconds(
      CarliniWagnerL2(
        confidence: 1e6,
        settings: .init(searchSteps: 1, iterations: iterations, abortsEarly: false)),
      images: images, setting)
    return BenchmarkRow(
      workload: "C&W L2, one iteration, threads: \(setting.parallelism.threads)",
      value: Double(images * iterations) / ours, unit: "images/s",
      limit: Double(images * iterations) / bim, target: .ratio(atLeast: 0.6))
  }

  /// JSMA has no limit of its own: how many iterations an image takes depends on the network.
  static func jsma(_ setting: NumericsSetting) throws -> BenchmarkRow {
    let images = 200
    let seconds = try seconds(JSMA(theta: 1, gamma: 0.1), images: images, setting)
    return BenchmarkRow(
      workload: "JSMA (softmax), threads: \(setting.parallelism.threads)",
      value: Double(images) / seconds, unit: "images/s")
  }

  private static func seconds(
    _ attack: any Attack, images: Int, _ setting: NumericsSetting
  ) throws -> Double {
    let runner = try AttackRunner(attack: attack, classifier: setting.network, seed: 0)
    let indices = Array(0..<images)
    return try Stopwatch.leastSeconds(runs: 3) {
      _ = try runner.run(on: setting.test, indices: indices[...], parallelism: setting.parallelism)
    }
  }
}
