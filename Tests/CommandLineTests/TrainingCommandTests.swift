import Foundation
import TestSupport
import Testing

/// How `assay train` trains where it is asked to do more than the study's training.
@Suite(.startsPrograms) struct TrainingCommandTests {
  @Test("options that change nothing are the same training, others are recorded and reused")
  func options() throws {
    let assay = try Assay(copyOf: .training)
    let trained = try assay.onlyRun("train")
    let unchanged = try assay.stage(
      "train", "--shift", "0", "--no-flip", "--weight-decay", "0", "--schedule", "constant",
      "--adversarial-epsilon", "0.1", "--adversarial-share", "0")
    #expect(unchanged == trained)
    let options = [
      "--optimizer", "adadelta", "--epochs", "1", "--schedule", "cosine", "--shift", "1",
      "--adversarial-epsilon", "0.1", "--adversarial-iterations", "2",
    ]
    func train(_ more: String...) throws -> String {
      let words = ["train", "--config", "study.yaml", "--quiet", "--format", "json"]
      let result = try assay.run(words + options + more)
      #expect(result.status == 0, "\(result.error)")
      let parsed = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
      let run = ((parsed as? [String: Any])?["run"] as? [[String: Any]])?.first
      return try #require(run?["run"] as? String)
    }
    let other = try train()
    #expect(other != trained)
    // What is left out and what is given as it would be anyway are the same.
    #expect(try train("--adversarial-step-size", "0.01", "--learning-rate", "1") == other)
    let recorded = try assay.ask(
      """
      SELECT optimizer, learning_rate FROM training_runs WHERE run = '\(other)';
      SELECT setting.key || ' ' || atom FROM runs, json_tree(configuration, '$.training') AS setting
      WHERE run = '\(other)' AND atom IS NOT NULL ORDER BY setting.key;
      """)
    #expect(
      recorded == """
        adadelta|1.0
        adversarial_epsilon 0.1
        adversarial_iterations 2
        adversarial_random_start 1
        adversarial_share 1
        adversarial_step_size 0.01
        batch_size 20
        epochs 1
        learning_rate 1
        momentum 0.9
        optimizer adadelta
        schedule cosine
        shift 1

        """)
  }

  @Test(
    "impossible options are refused in one line before anything is trained",
    arguments: [
      (["--shift", "28"], "training.shift is 28; it must be below 28"),
      (["--schedule", "step"], "training.schedule is step"),
      (["--adversarial-iterations", "3"], "training.adversarial_iterations is given"),
      (["--warmup-epochs", "5"], "training.warmup_epochs is 5.0; it must be from 0 to 4"),
    ])
  func refused(options: [String], mention: String) throws {
    let assay = try Assay()
    try assay.write(Assay.configuration, to: "study.yaml")
    let result = try assay.run(["train", "--config", "study.yaml"] + options)
    #expect(result.status == 65)
    #expect(result.error.contains(mention), "\(result.error)")
    #expect(result.error.split(separator: "\n").count == 1)
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("assay.db")))
  }
}
