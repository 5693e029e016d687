import Foundation
import TestSupport
import Testing

/// What a model that another program serves is good for after it was added.
@Suite(.startsPrograms) struct ServedModelResultsTests {
  private static let program = packageRoot.appending(path: "Tests/Fixtures/models/linear.py").path

  let assay: Assay

  init() throws {
    assay = try Assay()
    try assay.write(
      """
      dataset: \(Assay.sample)
      selection: {size: 60, heldout_size: 60}
      measurement: {passes: 4}

      """, to: "study.yaml")
  }

  private func add(to database: String) throws {
    let result = try assay.run(
      "models", "add", "centroids", "--config", "study.yaml", "--quiet", "--db", database, "--",
      "python3", "-B", Self.program, "centroids=\(Assay.sample)", "batch=8")
    try #require(result.status == 0, "\(result.error)")
  }

  private func attack(_ database: String) -> [String] {
    [
      "attack", "bim-b", "--model", "centroids", "--iterations", "4", "--config", "study.yaml",
      "--quiet", "--db", database,
    ]
  }

  @Test("an attack on a served model that is killed goes on where it was, to the same images")
  func killed() throws {
    try add(to: "whole.db")
    let whole = try assay.run(attack("whole.db"))
    try #require(whole.status == 0, "\(whole.error)")
    try add(to: "assay.db")
    var random = SeededGenerator(seed: 1)
    var kills = 0
    let done = "SELECT coalesce(max(progress_done), 0) FROM run WHERE kind = 'attack'"
    for _ in 0..<3 {
      let before = try assay.number(done)
      let running = try TestSupport.start(
        Assay.executable ?? "assay", attack("assay.db"), in: assay.directory.url)
      try waitUntil("images", of: running) { try assay.number(done) > before }
      if try Assay.kill(running, using: &random).status == -SIGKILL { kills += 1 }
      if try assay.number(done) == 120 { break }
    }
    #expect(kills > 0)
    let resumed = try assay.run(attack("assay.db"))
    #expect(resumed.status == 0, "\(resumed.error)")
    let images = """
      SELECT image_index, prediction, success, iterations, l2, hex(pixels)
      FROM adversarial_images JOIN adversarial_image_pixels USING (adversarial_set, image_index)
      ORDER BY image_index;
      """
    #expect(try assay.ask(images) == assay.ask(images, of: "whole.db"))
  }

  @Test("a served model gives predictions, gradients and measures, and keeps its weights")
  func uses() throws {
    try add(to: "assay.db")
    let attacked = try assay.run(attack("assay.db"))
    try #require(attacked.status == 0, "\(attacked.error)")
    let set = try assay.onlyRun("attack")
    try assay.succeed("sets", "export", set, "-o", "set.npz", "--quiet")
    let predicted = try assay.run(
      "predict", "--images", "set.npz", "--config", "study.yaml", "--format", "csv")
    #expect(predicted.status == 0, "\(predicted.error)")
    #expect(predicted.output.split(separator: "\r\n").count == 121)
    let gradients = try assay.run("gradients", "--images", "set.npz", "-o", "gradients.npz")
    #expect(gradients.status == 0, "\(gradients.error)")
    let measured = try assay.run(
      "measure", "--set", set, "--measures", "energy,mahalanobis,kernel_density_1", "--config",
      "study.yaml", "--quiet")
    #expect(measured.status == 0, "\(measured.error)")
    #expect(
      try assay.ask(
        """
        SELECT measure, count(*) FROM image_scores
        WHERE measure IN ('energy', 'kernel_density_1', 'mahalanobis') GROUP BY measure ORDER BY 1;
        """) == "energy|240\nkernel_density_1|240\nmahalanobis|240\n")
    let exported = try assay.run("models", "export", "-o", "model.onnx")
    #expect(exported.status == 65)
    #expect(exported.error.contains("is served by another program, which keeps its weights"))
    #expect(exported.error.split(separator: "\n").count == 1)
  }
}
