import Foundation
import TestSupport
import Testing

/// Attacks that know the detector, and verdicts of whole systems, by the command.
@Suite(.startsPrograms) struct AdaptiveCommandTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .study)
  }

  private func runs() throws -> String { try assay.ask("SELECT count(*) FROM runs;") }

  /// The pixels of all images of a set and what was said of them, as text.
  private static let results = """
    SELECT image_index, hex(pixels) FROM adversarial_pixels
    JOIN adversarial_set ON run_id = adversarial_set_id WHERE attack = 'selective' ORDER BY 1;
    SELECT image_index, prediction, quote(score), is_flagged, is_evading
    FROM adversarial_verdicts ORDER BY 1;
    SELECT image_index, detail, quote(value) FROM adversarial_details ORDER BY 1, 2;
    """

  @Test("an attack on the paper's defence is judged by the whole system, on fresh draws")
  func paperDefence() throws {
    let arguments = [
      "attack", "adaptive", "--detector", "wang-zhang", "--method", "selective", "--iterations",
      "5",
      "--score-draws", "4", "--config", "study.yaml", "--quiet",
    ]
    let result = try assay.run(arguments)
    try #require(result.status == 0, "\(result.error)")
    #expect(result.output.contains("verdict"))
    #expect(
      try assay.ask(
        """
        SELECT attack, detector, is_adaptive, state, image_count FROM verdicts;
        SELECT count(*) FROM adversarial_verdicts JOIN adversarial_images
          USING (adversarial_set, image_index)
        WHERE is_evading = (adversarial_verdicts.prediction <> true_label AND NOT is_flagged);
        SELECT group_concat(role || ' ' || parent_kind, ', ') FROM (
          SELECT * FROM lineages JOIN verdicts USING (run) ORDER BY role);
        SELECT norm, knowledge, budget FROM adversarial_sets WHERE attack = 'selective';
        SELECT group_concat(detail, ', ') FROM (
          SELECT DISTINCT detail FROM adversarial_details WHERE detail <> 'score' ORDER BY 1);
        """) == """
          selective|wang-zhang|1|finished|250
          250
          adversarial_set attack, detector thresholds, model train, selection select
          linf|white-box|0.3
          kept_step, margin, zero_gradients

          """)
    let before = try runs()
    try #require(try assay.run(arguments).status == 0)
    #expect(try runs() == before)
    // An attack that knows no detector is judged by one all the same, without another set.
    try assay.succeed(
      "attack", "fgsm", "--detector", "wang-zhang", "--config", "study.yaml", "--quiet")
    let set = try assay.ask("SELECT adversarial_set FROM adversarial_sets WHERE attack = 'fgsm';")
    try assay.succeed(
      "detectors", "judge", "margin", "--set", String(set.prefix(8)), "--low", "1", "--high", "1",
      "--config", "study.yaml", "--quiet")
    // The negated margin is never above 1: all are declared clean.
    #expect(
      try assay.ask(
        """
        SELECT count(*) FROM adversarial_sets WHERE attack = 'fgsm';
        SELECT attack, detector, is_adaptive, iif(detector = 'margin', flagged_count, 'some')
        FROM verdicts WHERE attack = 'fgsm' ORDER BY detector;
        """) == "1\nfgsm|margin|0|0\nfgsm|wang-zhang|0|some\n")
  }

  @Test("a learned detector is evaded through its weights, boosted stumps are refused by name")
  func learned() throws {
    for (learner, name) in [("logistic", "joint"), ("stumps", "steps")] {
      try assay.succeed(
        "detectors", "fit", learner, "--measures", "softmax_std,margin", "--on", "heldout",
        "--name", name, "--quiet")
    }
    try assay.succeed(
      "attack", "orthogonal", "--detector", "joint", "--iterations", "3", "--score-draws", "2",
      "--norm", "l2", "--epsilon", "3", "--config", "study.yaml", "--quiet")
    #expect(
      try assay.ask(
        """
        SELECT detector, is_adaptive, image_count FROM verdicts;
        SELECT norm, budget, mean_l2 <= 3.0001 FROM adversarial_sets WHERE attack = 'orthogonal';
        SELECT parent_kind FROM lineages JOIN verdicts USING (run) WHERE role = 'detector';
        """) == "joint|1|250\nl2|3|1\nfit\n")
    let before = try runs()
    let refused = try assay.run(
      "attack", "selective", "--detector", "steps", "--config", "study.yaml", "--quiet")
    #expect(refused.status == 64)
    #expect(refused.error.contains("steps, a detector by stumps' has no gradient"))
    #expect(try runs() == before)
  }

  @Test(
    "what cannot be attacked is refused in one line, before any work",
    arguments: [
      ("attack selective", 64, "--detector names one"),
      ("attack adaptive --detector wang-zhang", 64, "adaptive needs --method"),
      ("attack fgsm --method selective", 64, "--method goes with adaptive"),
      ("attack fgsm --low 1 --high 2", 64, "name it by --detector"),
      ("attack selective --detector nothing", 64, "there is no detector 'nothing'"),
      ("attack selective --detector energy", 66, "no thresholds of energy are recorded"),
      ("attack selective --detector margin --low 2 --high 1", 64, "--low is above --high"),
    ] as [(String, Int32, String)])
  func refusals(words: String, status: Int32, message: String) throws {
    let before = try runs()
    let result = try assay.run(
      words.split(separator: " ").map(String.init) + ["--config", "study.yaml", "--quiet"])
    #expect(result.status == status, "\(result.error)")
    #expect(result.error.contains(message), "\(result.error)")
    #expect(try runs() == before)
  }

  @Test("a study refuses an attack that needs a detector")
  func inStudy() throws {
    try assay.write("attacks: {selective: {}}\n", to: "own.yaml")
    let result = try assay.run("reproduce", "--config", "own.yaml", "--db", "own.db")
    #expect(result.status == 65 || result.status == 64, "\(result.error)")
    #expect(result.error.contains("selective evades a detector"), "\(result.error)")
  }

  @Test("interrupted and gone on with, it has the bits that it has on other threads in one go")
  func interruption() throws {
    let arguments = [
      "attack", "selective", "--detector", "wang-zhang", "--iterations", "25", "--score-draws", "6",
      "--config", "study.yaml", "--quiet",
    ]
    let whole = try Assay(copyOf: .study)
    try #require(try whole.run(arguments + ["--threads", "2"]).status == 0)
    let attack = try TestSupport.start(
      Assay.executable ?? "assay", arguments + ["--threads", "1"], in: assay.directory.url)
    // Held while it is looked at, so that it cannot end meanwhile.
    try waitUntil("the first commit", of: attack) {
      attack.send(SIGSTOP)
      let isUnderWay =
        try assay.number(
          """
          SELECT count(*) FROM runs
          WHERE kind = 'attack' AND state = 'running' AND progress_done > 0
          """) == 1
      if !isUnderWay { attack.send(SIGCONT) }
      return isUnderWay
    }
    let start = ContinuousClock.now
    attack.send(SIGTERM)
    attack.send(SIGCONT)
    #expect(try attack.wait().status == 130)
    #expect(ContinuousClock.now - start < .seconds(5))
    try #require(try assay.run(arguments + ["--threads", "1"]).status == 0)
    #expect(try assay.ask(Self.results) == whole.ask(Self.results))
  }
}
