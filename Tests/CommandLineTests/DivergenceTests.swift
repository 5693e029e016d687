import Foundation
import TestSupport
import Testing

/// Trainings that leave all numbers, and what stands in their way.
@Suite(.startsPrograms) struct DivergenceTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
  }

  /// Bright squares in three places, one a class: with steps that are too long, a LeNet overshoots
  /// on them until its numbers end.
  private func writeSquares() throws {
    for (name, count) in [("train", 300), ("t10k", 120)] {
      var images: [UInt8] = [0, 0, 8, 3, 0, 0, UInt8(count >> 8), UInt8(count & 0xFF)]
      images += [0, 0, 0, 28, 0, 0, 0, 28]
      for image in 0..<count {
        let top = 2 + 8 * (image % 3)
        for row in 0..<28 {
          for column in 0..<28 {
            let isBright = (top..<top + 8).contains(row) && (6..<22).contains(column)
            images.append(isBright ? 255 : 0)
          }
        }
      }
      let labels: [UInt8] =
        [0, 0, 8, 1, 0, 0, UInt8(count >> 8), UInt8(count & 0xFF)]
        + (0..<count).map { UInt8($0 % 3) }
      let folder = assay.directory.url.appending(path: "squares")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(images).write(to: folder.appending(path: "\(name)-images-idx3-ubyte"))
      try Data(labels).write(to: folder.appending(path: "\(name)-labels-idx1-ubyte"))
    }
  }

  private static let overshooting = "training: {epochs: 3, batch_size: 20, optimizer: sgd, "

  @Test("a diverged training fails and says so, again when it is run again")
  func training() throws {
    try writeSquares()
    try assay.write(
      """
      dataset: ./squares
      training: {epochs: 3, batch_size: 32, optimizer: sgd, learning_rate: 10}
      selection: {size: 40, heldout_size: 40}

      """, to: "study.yaml")
    for _ in 0..<2 {
      let result = try assay.run("reproduce", "--config", "study.yaml", "--quiet")
      #expect(result.status == 65)
      #expect(result.error.contains("training diverged: the loss is not a number at step "))
      #expect(result.error.split(separator: "\n").count == 1)
    }
    // The record has the fact alone, and no numbers that are none.
    let recorded = try assay.ask(
      """
      SELECT state, error LIKE 'training diverged%', instr(error, ';') FROM runs WHERE kind = 'train';
      SELECT count(*) FROM metrics WHERE value IS NULL;
      """)
    #expect(recorded == "failed|1|0\n0\n")
  }

  @Test("a trial that diverges fails by itself, and the sweep goes on")
  func sweep() throws {
    try writeSquares()
    try assay.write(
      """
      configuration:
        dataset: ./squares
        training: {epochs: 2, batch_size: 32, optimizer: sgd}
      space: {training.learning_rate: [10, 0.01]}
      sampler: grid
      objective: {metric: train_loss}
      pruner: {median: {warmup: 0}}
      budget: {trials: 1, limit: 2}
      """, to: "sweep.yaml")
    let result = try assay.run("sweep", "run", "sweep.yaml", "--quiet")
    #expect(result.status == 0, "\(result.error)")
    let trials = try assay.ask(
      "SELECT state, error LIKE 'training diverged%' FROM trials ORDER BY 1;")
    #expect(trials == "failed|1\nfinished|\n")
  }

  @Test("a model whose weights are no numbers is not attacked or measured, and predicts null")
  func weights() throws {
    try assay.write(Assay.configuration, to: "study.yaml")
    let model = try assay.stage("train")
    // Earlier versions finished trainings that had diverged.
    let size = try assay.number("SELECT size FROM artifacts WHERE name = 'weights'")
    let weights = Array(repeating: [0, 0, 0xC0, 0x7F] as [UInt8], count: size / 4).flatMap(\.self)
    try Data(weights).write(to: assay.directory.url.appending(path: "weights"))
    let digest = try TestSupport.run("sha256sum", [assay.directory.path("weights")]).output
    _ = try assay.ask(
      """
      DROP TRIGGER blob_update;
      DELETE FROM row_digest;
      UPDATE blob
      SET content = readfile('\(assay.directory.path("weights"))'), sha256 = '\(digest.prefix(64))'
      WHERE id = (SELECT blob_id FROM artifact WHERE name = 'weights');
      """)
    for arguments in [["attack", "fgsm"], ["measure"]] {
      let result = try TestSupport.run(
        Assay.executable ?? "assay", arguments + ["--config", "study.yaml", "--quiet"],
        in: assay.directory.url, environment: [:])
      #expect(result.status == 65)
      #expect(
        result.error.contains("the weights of model \(model.prefix(8)) are not all finite"),
        "\(result.error)")
    }
    let images = packageRoot.appending(path: "Tests/Fixtures/interchange/grey.png").path
    let json = try assay.run("predict", "--images", images, "--quiet", "--format", "json")
    #expect(json.status == 0, "\(json.error)")
    let rows = try #require(
      JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
    for column in ["prediction", "deterministic_probability", "softmax_std", "verdict", "crops"] {
      #expect(rows.allSatisfy { $0[column] is NSNull }, "\(column)")
    }
    let csv = try assay.run("predict", "--images", images, "--quiet", "--format", "csv")
    #expect(csv.output.contains("\r\n0,,,,,,,\r\n"), "\(csv.output.prefix(300))")
  }

  @Test("a measure that is the same for all images is named, not the number of images")
  func constant() throws {
    try assay.write(
      // No unit is left that lets anything through.
      Assay.configuration.replacing(
        "training: {epochs: 4, batch_size: 20", with: Self.overshooting + "learning_rate: 10"),
      to: "study.yaml")
    let result = try assay.run("reproduce", "--config", "study.yaml", "--quiet")
    #expect(result.status == 65)
    #expect(
      result.error.contains("softmax_std is the same for all images of measurement "),
      "\(result.error)")
  }
}
