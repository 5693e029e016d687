import Foundation
import TestSupport
import Testing

/// Whole evaluations, by the command.
@Suite(.startsPrograms) struct EvaluateCommandTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .study)
    try assay.write(
      Assay.configuration.replacing(
        "  jsma: {gamma: 0.03}\n",
        with: """
            jsma: {gamma: 0.03}
            pgd: {iterations: 4}
            selective: {iterations: 3, score_draws: 2}
            hop-skip-jump: {iterations: 2, first_questions: 6}

          """), to: "own.yaml")
  }

  private func runs() throws -> String { try assay.ask("SELECT count(*) FROM runs;") }

  private static let small = [
    "evaluate", "--detector", "wang-zhang", "--attacks", "noise,pgd,deepfool,selective", "--images",
    "12", "--epsilons", "0.2", "--draws", "2", "--surrogate", "train", "--noise-draws", "20",
    "--config", "own.yaml", "--quiet",
  ]

  /// Everything that an evaluation found, as text.
  private static let results = """
    SELECT
      part_number, part_role, attack, evaluation_parts.epsilon, parameters, repeats, image_index,
      prediction,
      quote(score), quote(excess), is_misclassified, is_evading
    FROM evaluation_parts LEFT JOIN image_verdicts USING (verdict) ORDER BY 1, image_index;
    SELECT part_number, image_index, hex(pixels)
    FROM evaluation_parts JOIN adversarial_image_pixels USING (adversarial_set) ORDER BY 1, 2;
    SELECT part_number, image_index, detail, quote(value)
    FROM evaluation_parts JOIN adversarial_details USING (adversarial_set) ORDER BY 1, 2, 3;
    SELECT part_number, attack_step, quote(mean_loss), misled_share, quote(mean_score)
    FROM evaluation_parts JOIN attack_steps USING (adversarial_set) ORDER BY 1, 2;
    SELECT image_index, true_label, deterministic_prediction FROM evaluation_images ORDER BY 1;
    """

  @Test("an evaluation has its attacks at all budgets, repeats with more effort, and clean images")
  func whole() throws {
    let result = try assay.run(Self.small)
    try #require(result.status == 0, "\(result.error)")
    #expect(
      try assay.ask(
        """
        SELECT detector, baseline IS NULL, dataset, norm, epsilon, image_count FROM evaluations;
        SELECT part_number, part_role, attack, is_adaptive, epsilon, repeats, verdict IS NOT NULL
        FROM evaluation_parts ORDER BY 1;
        """) == """
          wang-zhang|1|mnist-sample|linf|0.3|12
          1|clean||0|||1
          2|attack|noise|0|0.2||1
          3|attack|noise|0|0.3||1
          4|attack|pgd|0|0.2||1
          5|attack|pgd|0|0.3||1
          6|attack|deepfool|0|||1
          7|attack|selective|1|0.2||1
          8|attack|selective|1|0.3||1
          9|doubled|pgd|0|0.3|5|1
          10|restarted|pgd|0|0.3|5|1
          11|doubled|selective|1|0.3|8|1
          12|fixed|selective|1|0.3|8|1
          13|transfer|transfer|0|0.2||1
          14|transfer|transfer|0|0.3||1
          15|draws|noise|0|0.3||1
          16|noisy||0|||1

          """)
    #expect(
      try assay.ask(
        """
        SELECT part_number, parameters ->> '$.iterations', parameters ->> '$.restarts',
          parameters ->> '$.step_size', parameters ->> '$.draws'
        FROM evaluation_parts WHERE attack IN ('pgd', 'selective') ORDER BY 1;
        """) == """
          4|4|1|0.125|
          5|4|1|0.1875|
          7|3||0|2
          8|3||0|2
          9|8|1|0.1875|
          10|4|5|0.1875|
          11|6||0|2
          12|3||0|2

          """)
    // Images of the attacker's own network are tried on the model, which did not make them.
    #expect(
      try assay.ask(
        """
        SELECT DISTINCT evaluation_parts.model = evaluations.model,
          evaluation_parts.parameters ->> '$.attack', image_count
        FROM evaluation_parts JOIN evaluations USING (evaluation) WHERE part_role = 'transfer';
        SELECT group_concat(kind, ' '), max(training_images) / 2 = min(training_images)
        FROM (SELECT kind, training_images FROM training_runs JOIN runs USING (run)
          ORDER BY training_images);
        SELECT count(*), count(DISTINCT image_index), min(value >= 0), max(value <= 20)
        FROM evaluation_parts JOIN adversarial_details USING (adversarial_set)
        WHERE part_role = 'draws' AND detail = 'misled_draws';
        """) == """
          1|pgd|12
          surrogate train|1
          10|10|1|1

          """)
    // Each step of each attack by gradients is noted, from the first one on.
    #expect(
      try assay.ask(
        """
        SELECT part_number, min(attack_step), max(attack_step), count(*), min(image_count),
          max(scored_count > 0)
        FROM evaluation_parts JOIN attack_steps USING (adversarial_set)
        WHERE evaluation_parts.epsilon = 0.3 AND part_role <> 'restarted' GROUP BY 1;
        """) == """
          5|0|4|5|12|0
          8|0|3|4|12|1
          9|0|8|9|12|0
          11|0|6|7|12|1
          12|0|3|4|12|1

          """)
    // Clean images are judged, and those that are held out are not among them.
    #expect(
      try assay.ask(
        """
        SELECT judged_images, image_count, count(*) FROM verdicts GROUP BY 1, 2;
        SELECT count(*), sum(is_evading = (is_misclassified AND NOT is_flagged)),
          sum(is_misclassified = (prediction <> true_label)), sum(is_flagged = (excess > 0))
        FROM image_verdicts JOIN verdicts USING (verdict) WHERE judged_images = 'clean';
        SELECT count(*), count(DISTINCT part), max(part)
        FROM evaluation_images JOIN selected_images USING (image_index)
        WHERE selection_method = 'random';
        SELECT DISTINCT adversarial_verdicts.prediction = image_verdicts.prediction
        FROM adversarial_verdicts JOIN image_verdicts USING (verdict, image_index);
        """) == "adversarial|10|1\nadversarial|12|14\nclean|12|1\n12|12|12|12\n12|1|selection\n1\n")
    let before = try runs()
    try #require(try assay.run(Self.small).status == 0)
    #expect(try runs() == before)
    // One more attack is all that there is to be done, and a run that joins it with the others.
    let more = Self.small.map { $0.replacing("noise,pgd", with: "fgsm,noise,pgd") }
    try #require(try assay.run(more).status == 0)
    #expect(try assay.ask("SELECT count(*) - \(before) FROM runs;") == "5\n")
  }

  @Test("a baseline is attacked beside the network, and no detector judges either")
  func baseline() throws {
    let model = try assay.ask("SELECT model FROM training_runs;").prefix(8)
    try assay.succeed("train", "--config", "study.yaml", "--seed", "1", "--quiet")
    let result = try assay.run(
      "evaluate", "--baseline", String(model), "--attacks", "fgsm,deepfool", "--images", "6",
      "--epsilons", "0.1:0.3:2", "--config", "study.yaml", "--quiet")
    try #require(result.status == 0, "\(result.error)")
    #expect(
      try assay.ask(
        """
        SELECT part_number, part_role, attack, evaluation_parts.epsilon,
          evaluation_parts.model = baseline, verdict IS NULL
        FROM evaluation_parts JOIN evaluations USING (evaluation) ORDER BY 1;
        SELECT count(*), count(baseline_prediction), sum(deterministic_prediction IS NOT NULL)
        FROM evaluation_images;
        """) == """
          1|clean|||0|1
          2|attack|fgsm|0.1|0|1
          3|attack|fgsm|0.3|0|1
          4|attack|deepfool||0|1
          5|baseline|fgsm|0.1|1|1
          6|baseline|fgsm|0.3|1|1
          7|baseline|deepfool||1|1
          6|6|6

          """)
  }

  @Test("a detector that no attack can follow is evaluated by those that know none, which is said")
  func unfollowed() throws {
    try assay.succeed(
      "detectors", "fit", "stumps", "--measures", "softmax_std,margin", "--on", "heldout",
      "--name", "steps", "--quiet")
    let result = try assay.run(
      "evaluate", "--detector", "steps", "--images", "2", "--epsilons", "0.3", "--config",
      "own.yaml", "--surrogate", "none", "--noise-draws", "30")
    try #require(result.status == 0, "\(result.error)")
    #expect(result.error.contains("no attack can follow the detector"))
    #expect(
      try assay.ask(
        """
        SELECT group_concat(attack, ' '), sum(is_adaptive) FROM (
          SELECT attack, is_adaptive FROM evaluation_parts WHERE part_role = 'attack'
          ORDER BY part_number);
        """) == "noise fgsm pgd apgd-ce apgd-dlr square hop-skip-jump deepfool cw-l2|0\n")
    #expect(
      try assay.ask(
        "SELECT part_role FROM evaluation_parts WHERE part_role IN ('fixed', 'transfer', 'draws');"
      ) == "draws\n")
    let before = try runs()
    let refused = try assay.run(
      "evaluate", "--detector", "steps", "--attacks", "selective", "--config", "own.yaml",
      "--quiet")
    #expect(refused.status == 64, "\(refused.error)")
    #expect(refused.error.contains("has no gradient"))
    #expect(try runs() == before)
  }

  @Test("on one fixed draw, an attack is judged by the very draws that it knows")
  func fixedDraw() throws {
    let result = try assay.run(
      "evaluate", "--detector", "softmax_std", "--low", "0.01", "--high", "0.03", "--attacks",
      "selective", "--images", "6", "--epsilons", "0.3", "--draws", "3", "--config", "own.yaml",
      "--quiet")
    try #require(result.status == 0, "\(result.error)")
    // The attack's score is the measure in units of H - L; what it noted, the verdict says, too.
    let numbers = try assay.ask(
      """
      SELECT part_role, count(*) > 0, min(abs(0.02 * value - score) < 1e-5)
      FROM evaluation_parts
      JOIN image_verdicts USING (verdict)
      JOIN adversarial_details USING (adversarial_set, image_index)
      WHERE part_role IN ('attack', 'fixed') AND detail = 'score' GROUP BY 1;
      """)
    #expect(numbers == "attack|1|0\nfixed|1|1\n")
    #expect(
      try assay.ask(
        """
        SELECT DISTINCT value = prediction
        FROM evaluation_parts
        JOIN image_verdicts USING (verdict)
        JOIN adversarial_details USING (adversarial_set, image_index)
        WHERE part_role = 'fixed' AND detail = 'defended_prediction';
        """) == "1\n")
  }

  @Test("a surrogate that is recorded is taken, and never the model itself")
  func recordedSurrogate() throws {
    let model = try assay.ask("SELECT model FROM training_runs;").prefix(8)
    try assay.succeed("train", "--config", "study.yaml", "--seed", "1", "--quiet")
    let newest = try assay.ask(
      "SELECT run FROM runs WHERE kind = 'train' ORDER BY record_number DESC LIMIT 1;"
    ).prefix(8)
    let words = [
      "evaluate", "--model", String(model), "--attacks", "fgsm", "--images", "6", "--epsilons",
      "0.3", "--config", "own.yaml", "--quiet", "--surrogate",
    ]
    let result = try assay.run(words + [String(newest)])
    try #require(result.status == 0, "\(result.error)")
    #expect(
      try assay.ask(
        """
        SELECT substr(parent, 1, 8) FROM lineages
        WHERE role = 'surrogate' AND run = (SELECT evaluation FROM evaluations);
        SELECT count(*) FROM runs WHERE kind = 'surrogate';
        SELECT group_concat(part_role) FROM (
          SELECT part_role FROM evaluation_parts ORDER BY part_number);
        """) == "\(newest)\n0\nclean,attack,transfer\n")
    let refused = try assay.run(words + [String(model)])
    #expect(refused.status == 64, "\(refused.error)")
    #expect(refused.error.contains("the surrogate is model \(model)"))
  }

  @Test(
    "what cannot be evaluated is refused in one line, before any work",
    arguments: [
      ("--detector nothing", 64, "there is no detector 'nothing'"),
      ("--detector energy", 66, "no thresholds of energy are recorded"),
      ("--attacks selective", 64, "--detector names one"),
      ("--attacks nothing", 64, "there is no attack 'nothing'"),
      ("--attacks ,", 64, "--attacks names none"),
      ("--epsilons 0.1:2:3", 64, "a budget is a number above 0, at most 1"),
      ("--epsilons 0:0.3:3", 64, "a budget is a number above 0"),
      ("--epsilons 0.1,", 64, "a budget is a number above 0"),
      ("--epsilons 0.1:0.3", 64, "LOW:HIGH:COUNT"),
      ("--epsilons 0.3:0.1:3", 64, "is not below"),
      ("--epsilon nan", 64, "a budget is a number above 0"),
      ("--epsilon 0.1,0.2", 64, "--epsilon is one budget"),
      ("--norm l0", 64, "--norm is linf or l2"),
      ("--norm l2 --attacks fgsm", 64, "fgsm cannot keep the norm l2 small"),
      ("--low 1 --high 2", 64, "name it by --detector"),
      ("--images 0", 64, "--images must be positive"),
      ("--noise-draws -1", 64, "--noise-draws"),
      ("--surrogate nothing", 64, "there is no run 'nothing'"),
    ] as [(String, Int32, String)])
  func refusals(words: String, status: Int32, message: String) throws {
    let before = try runs()
    let result = try assay.run(
      ["evaluate"] + words.split(separator: " ").map(String.init)
        + ["--config", "study.yaml", "--quiet"])
    #expect(result.status == status, "\(result.error)")
    #expect(result.error.contains(message), "\(result.error)")
    #expect(result.error.split(separator: "\n").first.map { !$0.contains("\t") } == true)
    #expect(try runs() == before)
  }

  @Test("interrupted, killed at random and gone on with, it has the bits that it has in one go")
  func killed() throws {
    let whole = try Assay(copyOf: .study)
    try FileManager.default.copyItem(
      atPath: assay.directory.path("own.yaml"), toPath: whole.directory.path("own.yaml"))
    try #require(try whole.run(Self.small + ["--threads", "2"]).status == 0)
    var random = SeededGenerator.ofTests("kills of an evaluation")
    let finished = "SELECT count(*) FROM run WHERE kind = 'evaluation' AND state = 'finished'"
    var kills = 0
    for attempt in 0..<12 where try assay.number(finished) == 0 {
      let before = try assay.progress()
      let steps = Int.random(in: 1...60, using: &random)
      let running = try TestSupport.start(
        Assay.executable ?? "assay", Self.small + ["--threads", "1"], in: assay.directory.url)
      try waitUntil("progress") {
        try !running.isRunning || assay.progress() >= before + steps
      }
      guard attempt > 0 else {
        running.send(SIGINT)
        #expect([0, 130].contains(try running.wait().status))
        continue
      }
      if try Assay.kill(running, using: &random).status == -SIGKILL { kills += 1 }
    }
    #expect(kills > 0)
    let resumed = try assay.run(Self.small + ["--threads", "1"])
    #expect(resumed.status == 0, "\(resumed.error)")
    let (found, wanted) = (try assay.ask(Self.results), try whole.ask(Self.results))
    #expect(found == wanted)
    #expect(wanted.contains("doubled"))
  }
}
