import Foundation
import TestSupport
import Testing

/// Which runs commands take for the user's own in a file where a sweep computed everything first.
@Suite(.startsPrograms) struct OwnRunTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: Self.searched)
  }

  /// A sweep of two small studies, each with a network of its own, and nothing else.
  private static let searched = SharedStart { assay in
    try assay.write(
      """
      configuration:
        dataset: \(Assay.sample)
        network: {conv1: 4, conv2: 6, dense1: 24}
        training: {batch_size: 20}
        selection: {size: 60, heldout_size: 40}
        attacks: {bim-a: null, bim-b: null, jsma: null}
        measurement: {passes: 5}
      space: {training.epochs: [1, 2]}
      sampler: grid
      objective: {query: detection_score}
      budget: 2

      """, to: "epochs.yaml")
    try assay.succeed("sweep", "run", "epochs.yaml", "--quiet")
  }

  /// Repeats the best trial outside of the sweep.
  private func reproduceBest() throws {
    let best = try assay.succeed("sweep", "best", "epochs", "--print-config")
    try assay.write(best.output, to: "best.yaml")
    try assay.succeed("reproduce", "--config", "best.yaml", "--quiet")
  }

  /// The rows of a list.
  private func rows(_ arguments: String...) throws -> Int {
    let result = try assay.run(arguments + ["--format", "csv"])
    #expect(result.status == 0, "\(result.error)")
    return result.output.split(whereSeparator: \.isNewline).count - 1
  }

  @Test("what trials alone computed is no default, and lists leave it out and say so")
  func hidden() throws {
    #expect(try assay.ask("SELECT count(*) FROM own_runs;") == "0\n")
    #expect(try rows("runs", "list") == 0)
    #expect(try rows("runs", "list", "--all") > 0)
    for (things, title) in [("models", "Models"), ("sets", "Sets")] {
      #expect(try rows(things, "list") == 0)
      #expect(try rows(things, "list", "--all") == 2)
      let note = "\(title) of sweeps' trials are left out; --all shows them."
      #expect(try assay.run(things, "list").output.contains(note))
      #expect(try !assay.run(things, "list", "--all").output.contains(note))
    }
    #expect(try assay.run("report").status == 66)
    let attack = try assay.run("attack", "fgsm", "--quiet")
    #expect(attack.status != 0 && attack.error.contains("no finished run of kind train"))
  }

  @Test("a trial's study that a command asks for is the user's own; the other trial's stays hidden")
  func asked() throws {
    let runs = try assay.ask("SELECT count(*) FROM runs;")
    try reproduceBest()
    #expect(try assay.ask("SELECT count(*) FROM runs;") == runs)
    let studies = """
      SELECT count(*), sum(run IN (SELECT run FROM own_runs)) FROM runs WHERE kind = 'reproduce';
      """
    #expect(try assay.ask(studies) == "2|1\n")
    #expect(try rows("models", "list") == 1)
    #expect(try rows("sets", "list") == 1)
    let list = try assay.run("runs", "list")
    #expect(list.output.contains("reproduce"))
    #expect(list.output.contains("Runs of sweeps' trials are left out; --all shows them."))

    let report = try assay.run("report", "--full")
    #expect(report.status == 0, "\(report.error)")
    #expect(report.output.hasPrefix("Study ") && report.output.contains("Table 2"))
    #expect(try assay.run("report", "--trial", "1", "--full").output.hasPrefix("Trial 1 of sweep"))

    let set = try assay.ask(
      "SELECT run FROM own_runs JOIN runs USING (run) WHERE kind = 'attack';")
    try assay.succeed("sets", "export", String(set.prefix(36)), "-o", "fgsm.npz", "--quiet")
    let predicted = try assay.run(
      "predict", "--images", "fgsm.npz", "--config", "best.yaml", "--quiet")
    #expect(predicted.status == 0, "\(predicted.error)")
    #expect(predicted.output.contains("Verdicts by thresholds "))
    try assay.succeed("attack", "fgsm", "--epsilon", "0.05", "--config", "best.yaml", "--quiet")
    #expect(try rows("sets", "list") == 2)
  }

  @Test("once is enough, and a merged file knows it too")
  func kept() throws {
    let own = "SELECT run FROM own_runs ORDER BY run;"
    try reproduceBest()
    let first = try assay.ask(own)
    #expect(!first.isEmpty)
    let asked = try assay.ask("SELECT run_id FROM asked_run;")
    try reproduceBest()
    #expect(try assay.ask("SELECT run_id FROM asked_run;") == asked)
    #expect(try assay.ask(own) == first)
    try assay.succeed("db", "merge", "all.db", "assay.db")
    #expect(try assay.ask(own, of: "all.db") == first)
  }

  @Test("what a command began is marked, so that no trial that goes on with it takes it away")
  func begun() throws {
    let assay = try Assay(copyOf: .training)
    let kinds = "SELECT kind FROM asked_run JOIN runs ON record_number = run_id;"
    #expect(try assay.ask(kinds) == "train\n")
  }
}
