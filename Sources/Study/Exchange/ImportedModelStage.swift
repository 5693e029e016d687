internal import Bytes
internal import Classifier
internal import NeuralNetwork
internal import SQLite
internal import Tracker

/// Imports a classifier of another program, as a training whose course is not known.
struct ImportedModelStage: Stage {
  static let kind = TrainingStage.kind
  let title = "import model"
  let parents: [String: Run] = [:]
  let seed: Int64? = nil

  let name: String?
  let data: StudyData
  let networkConfiguration: NetworkConfiguration
  let network: Network

  private var weights: [UInt8] { FloatCoding.bytes(of: network.parameters) }

  var configuration: JSONValue {
    get throws {
      .object([
        "dataset": .string(data.name), "dataset_sha256": .string(data.digest),
        "network": try JSONValue(encoding: networkConfiguration),
        "imported": .object(["weights_sha256": .string(Digest.sha256(weights))]),
      ])
    }
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let test = data.test
    context.progress.begin(title, done: 0, total: test.count, unit: "images")
    let classes = try network.classes(count: test.count, parallelism: context.parallelism) {
      test.copyPixels(of: $0, into: $1)
    }
    let dropout = networkConfiguration.recordedDropout(of: network.architecture)
    let correct = zip(classes, test.labels).count { $0.prediction == Int($1) }
    try run.finish { writer in
      try writer.putArtifact("weights", bytes: weights, mediaType: TrainingStage.weightsType)
      try DataShape(data).record(by: writer)
      try writer.execute(
        """
        INSERT INTO training_run (
          run_id, dataset, dataset_sha256, architecture, weight_count, dropout_rate, dropout_sites,
          test_images, test_correct
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .integer(writer.runID), .text(data.name), .text(data.digest),
          .text(network.architecture.name), .integer(Int64(network.parameters.count)),
          dropout.rate.map { .real($0) } ?? .null, .text(dropout.sites.joined(separator: ",")),
          .integer(Int64(test.count)), .integer(Int64(correct)),
        ])
    }
  }
}
