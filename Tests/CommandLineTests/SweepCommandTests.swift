import Foundation
import TestSupport
import Testing

@Suite(.startsPrograms) struct SweepCommandTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
  }

  /// A sweep over real, small trainings; its trials do not depend on each other.
  static func sweep(trials: Int, epochs: String = "[1, 2, 3]", more: String = "") -> String {
    """
    configuration:
      dataset: \(Assay.sample)
      network: {conv1: 4, conv2: 6, dense1: 24}
      training: {batch_size: 20}
    space:
      training.epochs: \(epochs)
      training.learning_rate: {log_uniform: [1e-4, 1e-2]}
      network.dropout_rate: {uniform: [0.1, 0.6]}
    sampler: halton
    objective: {metric: test_accuracy}
    budget: {trials: \(trials), attempts: 1000}
    \(more)

    """
  }

  static let trials = """
    SELECT number, state, parameters FROM trials ORDER BY number;
    SELECT number, objective, quote(value) FROM trial_values ORDER BY number;
    """

  /// How many trials the disturbed sweep has: 200 and more by `make torture`.
  static let tortureTrials =
    ProcessInfo.processInfo.environment["ASSAY_TORTURE_TRIALS"].flatMap(Int.init) ?? 10

  @Test("workers that are killed at random cost nothing: the same trials, the same values")
  func torture() throws {
    let text = Self.sweep(trials: Self.tortureTrials, epochs: "[6, 12]")
    let undisturbed = try Assay()
    try undisturbed.write(text, to: "sweep.yaml")
    try undisturbed.succeed("sweep", "run", "sweep.yaml", "--workers", "2", "--quiet")
    // About one kill a trial.
    let pause = try undisturbed.progress() / Self.tortureTrials * 2

    try assay.write(text, to: "sweep.yaml")
    let running = try assay.start("sweep", "run", "sweep.yaml", "--workers", "3", "--quiet")
    var random = SeededGenerator.ofTests("kills of workers")
    var kills = 0
    while running.isRunning {
      let next = try assay.progress() + Int.random(in: 1...pause, using: &random)
      try waitUntil("progress of the sweep") {
        try !running.isRunning || assay.progress() >= next
      }
      usleep(UInt32.random(in: 0...20_000, using: &random))
      let holders = try assay.ask(
        "SELECT process_id FROM trial_attempts WHERE outcome = 'running' ORDER BY process_id;"
      ).split(separator: "\n").compactMap { Int32($0) }
      guard let victim = holders.randomElement(using: &random) else { continue }
      if kill(victim, SIGKILL) == 0 { kills += 1 }
    }
    let result = try running.wait()
    #expect(result.status == 0, "\(result.error)")
    #expect(kills >= 3)
    #expect(!result.error.contains("locked"))
    let (ours, theirs) = (try assay.ask(Self.trials), try undisturbed.ask(Self.trials))
    #expect(ours == theirs)
    #expect(
      try assay.ask("SELECT count(*), count(DISTINCT number), sum(state = 'finished') FROM trials;")
        == "\(Self.tortureTrials)|\(Self.tortureTrials)|\(Self.tortureTrials)\n")
    #expect(
      try assay.ask("SELECT count(*) > 0 FROM trial_attempts WHERE outcome = 'lost';") == "1\n")
    #expect(try assay.ask("SELECT count(*) FROM runs WHERE state <> 'finished';") == "0\n")
    #expect(try assay.ask("PRAGMA integrity_check; PRAGMA foreign_key_check;") == "ok\n")
  }

  @Test(
    "a signal gives the trials back, and the same command goes on", arguments: [SIGINT, SIGTERM])
  func signals(signal: Int32) throws {
    try assay.write(Self.sweep(trials: 3, epochs: "[12]"), to: "sweep.yaml")
    let running = try assay.start("sweep", "run", "sweep.yaml", "--workers", "2")
    try waitUntil("two trials", of: running) {
      try assay.number("SELECT count(*) FROM trials WHERE state = 'running'") == 2
    }
    running.send(signal)
    let result = try running.wait()
    #expect(result.status == 130)
    // Once, and not by each worker as well.
    #expect(result.error.matches(of: /run the same command again to resume/).count == 1)
    #expect(try assay.ask("SELECT count(*) FROM trials WHERE state = 'running';") == "0\n")
    #expect(
      try assay.ask("SELECT count(*) FROM trial_attempts WHERE outcome IN ('running', 'lost');")
        == "0\n")
    #expect(try assay.run("sweep", "run", "sweep.yaml", "--quiet").status == 0)
    #expect(try assay.ask("SELECT finished, failed FROM sweeps;") == "3|0\n")
  }

  @Test("eight workers on one file never see a locked database")
  func crowd() throws {
    try assay.write(Self.sweep(trials: 20, epochs: "[1]"), to: "sweep.yaml")
    let result = try assay.run("sweep", "run", "sweep.yaml", "--workers", "8")
    #expect(result.status == 0)
    #expect(!result.error.contains("locked"))
    #expect(try assay.ask("SELECT finished, trials FROM sweeps;") == "20|20\n")
  }

  @Test("a sweep is looked at, and its best trial is reproduced, by its commands")
  func commands() throws {
    try assay.write(Self.sweep(trials: 4), to: "rate.yaml")
    let first = try assay.run("sweep", "run", "rate.yaml", "--quiet")
    #expect(first.output.contains("rate: 4/4 finished"))
    let status = try assay.run("sweep", "status", "rate", "--format", "csv").output
    #expect(status.contains("finished,4\r\n"))
    let object = try JSONSerialization.jsonObject(
      with: Data(try assay.run("sweep", "status", "rate", "--format", "json").output.utf8))
    let members = try #require(object as? [String: Any])
    #expect(members["sweep"] as? String == "rate" && members["finished"] as? Int == 4)
    #expect(members["best_value"] is Double && members["seconds_left"] is NSNull)
    let best = try assay.run("sweep", "best", "rate")
    #expect(best.output.contains("assay reproduce --config best.yaml"))
    let outline = try assay.run("sweep", "show", "rate").output
    #expect(outline.contains(/sampler +halton\n/))
    let value = try assay.ask("SELECT value FROM trial_values ORDER BY value DESC, number LIMIT 1;")
    let shown = try assay.run("sweep", "best", "rate", "--format", "csv").output
    #expect(shown.contains(value.trimmingCharacters(in: .whitespacesAndNewlines)))
    try assay.write(
      try assay.run("sweep", "best", "rate", "--print-config").output, to: "best.yaml")
    let trained = try assay.run("train", "--config", "best.yaml")
    #expect(trained.error.contains("train: done before"))
    #expect(try assay.run("sweep", "list").output.contains("rate"))
    #expect(try assay.run("sweep", "show", "rate", "--trial", "2").output.contains("finished"))
    #expect(
      try assay.run("sweep", "export", "rate", "--format", "csv").output
        .split(separator: "\r\n").count == 5)

    try assay.write(Self.sweep(trials: 5), to: "rate.yaml")
    #expect(try assay.run("sweep", "run", "rate.yaml", "--quiet").output.contains("5/5 finished"))
    try assay.write(Self.sweep(trials: 5, epochs: "[1, 2]"), to: "rate.yaml")
    let other = try assay.run("sweep", "run", "rate.yaml")
    #expect(other.status == 65)
    #expect(other.error.contains("space.training.epochs.values"))
    #expect(try assay.run("sweep", "status", "nothing").status == 64)
    #expect(try assay.run("sweep", "run", "missing.yaml").status == 66)
  }

  @Test("commands that are shown run as they stand, whatever names and paths are")
  func hints() throws {
    let sweep = Self.sweep(trials: 1, epochs: "[1]", more: "name: first try")
    try assay.write(sweep, to: "sweep.yaml")
    let database = "a b.db"
    let first = try assay.run("sweep", "run", "sweep.yaml", "--db", database, "--quiet")
    #expect(first.output.hasSuffix(": assay sweep best 'first try' --db 'a b.db'\n"))
    let stopped = try assay.run("sweep", "stop", "first try", "--db", database)
    #expect(stopped.output.hasSuffix(": assay sweep run 'first try' --db 'a b.db'\n"))
    // The whole recipe, by a shell to which 'assay' is the built command.
    let best = try assay.run("sweep", "best", "first try", "--db", database).output
    let recipe = best.split(separator: "\n").filter { $0.hasPrefix("  assay ") }
    #expect(recipe.count == 2)
    let script = recipe.joined(separator: "\n").replacing("assay reproduce", with: "assay train")
    let result = try TestSupport.run(
      "sh", ["-ec", "assay() { \"$0\" \"$@\"; }\n\(script)", Assay.executable ?? "assay"],
      in: assay.directory.url)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.error.contains("train: done before"))
    #expect(result.output.contains("--db 'a b.db', or --full."))
  }

  @Test("a failing trial records its error, the sweep goes on, and the trial can be retried")
  func failing() throws {
    try assay.write(
      Self.sweep(trials: 3, more: "# ").replacing(
        "objective: {metric: test_accuracy}", with: "objective: {query: score.sql}"),
      to: "sweep.yaml")
    try assay.write("SELECT nullif(:trial, 1) AS score;", to: "score.sql")
    try assay.write(
      try String(contentsOfFile: assay.directory.path("sweep.yaml"), encoding: .utf8).replacing(
        "training: {batch_size: 20}",
        with: """
          training: {batch_size: 20}
            selection: {size: 20, heldout_size: 20}
            attacks: {bim-a: null, bim-b: null, jsma: null}
            measurement: {passes: 2}
            detection: {measures: [margin]}
          """), to: "sweep.yaml")
    let result = try assay.run("sweep", "run", "sweep.yaml", "--quiet")
    #expect(result.status == 0, "\(result.error)")
    #expect(try assay.ask("SELECT finished, failed FROM sweeps;") == "3|1\n")
    #expect(
      try assay.ask("SELECT number, error FROM trials WHERE state = 'failed';")
        == "1|the objective 'score' gave no number\n")
    let again = try assay.run("sweep", "run", "sweep.yaml", "--retry-failed")
    #expect(again.error.contains("1 failed trials are queued again"))
    #expect(try assay.ask("SELECT finished, failed, queued FROM sweeps;") == "3|1|0\n")
  }

  @Test("what a policy drops is computed again to the same bits")
  func retention() throws {
    try assay.write(
      Assay.configuration.replacing("jsma: {gamma: 0.03}", with: "jsma: null"), to: "study.yaml")
    try assay.write(
      """
      configuration: study.yaml
      space: {measurement.passes: [4, 5]}
      sampler: grid
      objective: {query: detection_score}
      budget: 2
      keep: {pixels: none, models: none}
      """, to: "sweep.yaml")
    let result = try assay.run("sweep", "run", "sweep.yaml", "--quiet")
    #expect(result.status == 0, "\(result.error)")
    #expect(try assay.ask("SELECT count(*) FROM trial_runs WHERE kind = 'train';") == "2\n")
    #expect(try assay.ask("SELECT count(*) FROM runs WHERE kind = 'train';") == "1\n")
    #expect(try assay.ask("SELECT count(*) FROM artifacts WHERE name = 'weights';") == "0\n")
    #expect(try assay.ask("SELECT count(*) FROM adversarial_image_pixels;") == "0\n")
    let set = try assay.ask("SELECT run FROM adversarial_sets WHERE attack = 'fgsm';")
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let measured = try assay.run(
      "measure", "--set", set, "--passes", "3", "--config", "study.yaml")
    #expect(measured.status == 0, "\(measured.error)")
    #expect(measured.error.contains("train again"))
    #expect(try assay.ask("SELECT count(*) FROM artifacts WHERE name = 'weights';") == "1\n")
    #expect(try assay.ask("SELECT count(*) FROM adversarial_image_pixels;") == "250\n")
    #expect(try assay.ask("SELECT count(*) FROM dropped_artifact;") == "0\n")
  }

  @Test("a sweep of which every trial fails says why, and points at no best trial")
  func withoutFinishedTrial() throws {
    try assay.write(
      """
      command: ["true", "{x}"]
      space: {x: {integer: [1, 1000]}}
      objective: {minimise: loss}
      budget: {trials: 2, limit: 3}
      """, to: "wide.yaml")
    for _ in 0..<2 {
      let result = try assay.run("sweep", "run", "wide.yaml", "--quiet", "--db", "wide.db")
      #expect(result.status == 65)
      #expect(result.output == "wide: 0/2 finished, 0 running, 3 failed\n")
      #expect(
        result.error.hasPrefix(
          "assay: no trial of the sweep 'wide' is finished, and 3 failed; trial 0: the objective "
            + "'loss' was never recorded; assay sweep show wide --trial 0 --db wide.db"),
        "\(result.error)")
      #expect(result.error.split(separator: "\n").count == 1)
    }
    let best = try assay.run("sweep", "best", "wide", "--db", "wide.db")
    #expect(best.status == 65)
    #expect(best.error.contains("and 3 failed; trial 0: the objective 'loss' was never recorded"))
    let trial = try assay.run("report", "--trial", "1", "--sweep", "wide", "--db", "wide.db")
    #expect(trial.status == 66)
    #expect(
      trial.error == "assay: trial 1 of sweep 'wide' has no finished study; "
        + "assay sweep show wide --trial 1 --db wide.db shows how it went\n")
    for more in [[], ["--sweep", "wide"]] {
      let figure = try assay.run(["report", "sweep-history", "--db", "wide.db"] + more)
      #expect(figure.status == 66)
      #expect(figure.error.contains("no trial of the sweep 'wide' is finished"), "\(figure.error)")
    }
  }
}
