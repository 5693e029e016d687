import Foundation
import Interchange
import TestSupport
import Testing

/// Measures, votes and learned detectors by the command, on a study that takes seconds.
@Suite(.startsPrograms) struct DetectorCommandTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .study)
  }

  private func run(_ arguments: String...) throws -> String {
    let isReading =
      ["list", "show", "lineage", "info"].contains(arguments[1])
      || arguments[0] == "query"
    let isMeasuring = arguments[0] == "measure"
    let result = try assay.run(
      arguments + (isReading ? [] : ["--quiet"]) + (isMeasuring ? ["--config", "study.yaml"] : []))
    #expect(result.status == 0, "\(arguments): \(result.error)")
    return result.output
  }

  private static let scores = """
    SELECT measurement.run_id, name, image_index, quote(value)
    FROM scored_measure JOIN measure ON measure.id = measure_id
    JOIN image_score USING (run_id, measure_id)
    JOIN measurement ON measurement.run_id = measurement_id ORDER BY 1, 2, 3;
    """
  private static let detector = """
    SELECT input, quote(weight) FROM detector_inputs; SELECT threshold FROM detectors;
    """
  private static let votes = """
    SELECT measurement_id, name, image_index, class
    FROM recorded_voter JOIN voter ON voter.id = voter_id JOIN image_vote USING (run_id, voter_id)
    ORDER BY 1, 2, 3;
    """

  @Test("measures of all sets are recorded once, with the clean images and the votes on the way")
  func scoring() throws {
    _ = try run("measure", "--set", "all", "--measures", "energy,bit_depth_1_l1")
    // Three sets and the clean images, 250 of each.
    #expect(
      try assay.ask(
        """
        SELECT count(DISTINCT measurement), count(*), sum(value IS NULL)
        FROM image_scores WHERE measure = 'bit_depth_1_l1';
        SELECT count(*) FROM image_votes WHERE voter = 'bit_depth_1';
        """) == "4|1000|0\n1000\n")
    let before = try assay.ask("SELECT count(*) FROM runs;")
    _ = try run(
      "measure", "--set", "all", "--measures", "bit_depth_1_l1", "--voters", "bit_depth_1")
    #expect(try assay.ask("SELECT count(*) FROM runs;") == before)
    // One more measure is a run of its own a measurement, which computes that alone.
    let fgsm = try assay.ask("SELECT run FROM adversarial_sets WHERE attack = 'fgsm';")
    _ = try run(
      "measure", "--set", String(fgsm.prefix(8)), "--measures", "energy,softmax_variance")
    #expect(
      try assay.ask(
        """
        SELECT count(*), group_concat(DISTINCT configuration ->> '$.measures[0]') FROM runs
        WHERE kind = 'score' AND json_array_length(configuration, '$.measures') = 1;
        """) == "2|softmax_variance\n")
    let listed = try run("runs", "list", "--kind", "score")
    #expect(listed.contains("fgsm, epsilon 0.3, 2 measures, 1 voter"))
    #expect(listed.contains("clean images, softmax_variance"))
  }

  @Test("a detector is fitted on one half, applied to the other, and its score is a measure")
  func fitting() throws {
    _ = try run("measure", "--set", "all", "--measures", "energy,bit_depth_1_l1,softmax_variance")
    let fit = try assay.stage(
      "detectors", "fit", "logistic", "--measures", "all", "--voters", "all", "--on", "heldout",
      "--name", "joint")
    #expect(
      try assay.stage(
        "detectors", "fit", "logistic", "--measures", "all", "--voters", "all", "--on", "heldout",
        "--name", "joint") == fit)
    #expect(
      try assay.ask(
        """
        SELECT fitted_part, json_array_length(fitted_attacks), inputs FROM detectors;
        SELECT count(*), sum(images > 0), min(detection_accuracy) > 0.5,
          sum(fitted_on = (part = 'heldout'))
        FROM detector_results WHERE detector_name = 'joint';
        """) == "heldout|3|11\n6|6|1|6\n")
    let shown = try run("detectors", "show", "joint")
    #expect(shown.contains("vote:bit_depth_1") && shown.contains("At its threshold"))
    #expect(try run("detectors", "list").contains("bim-a, fgsm, jsma"))
    #expect(try run("measures", "list", "--format", "csv").contains("joint,high"))
    _ = try run("detectors", "apply", "joint")
    #expect(try run("detectors", "apply", "joint").contains("joint"))

    // Thresholds, queries and completions take it as any other measure.
    let thresholds = try assay.stage("thresholds", "--measures", "joint,softmax_std")
    #expect(
      try assay.ask(
        """
        SELECT count(*) > 4 FROM detection_results WHERE run = '\(thresholds)' AND measure = 'joint';
        """) == "1\n")
    #expect(
      try run("query", "auroc", "--measure", "joint", "--part", "selection", "--format", "csv")
        .split(separator: "\r\n").count == 4)
    let parents = try run("runs", "lineage", fit)
    #expect(parents.contains("learn") && parents.contains("score"))
    #expect(try run("db", "info").contains("ok"))
  }

  @Test("a fit names its sets and reads the five crops, and judges files as it judges the record")
  func namedSets() throws {
    _ = try run("measure", "--set", "all", "--measures", "energy", "--voters", "bit_depth_1")
    let sets = try assay.ask(
      "SELECT run FROM adversarial_sets WHERE attack IN ('bim-a', 'fgsm') ORDER BY attack;"
    ).split(separator: "\n").map(String.init)
    _ = try run(
      "detectors", "fit", "logistic", "--measures", "softmax_std,energy", "--voters", "bit_depth_1",
      "--voter-set", "crops", "--set", sets.map { String($0.prefix(8)) }.joined(separator: ","),
      "--on", "heldout", "--name", "two")
    #expect(
      try assay.ask(
        """
        SELECT fitted_attacks, inputs FROM detectors;
        SELECT count(*) FROM detector_inputs WHERE input GLOB 'vote:crop_*' AND weight <> 0;
        """) == "[\"bim-a\",\"fgsm\"]|8\n5\n")

    // The query of a detector's inputs has the crops' votes once each, as the detector reads them.
    let votes = try run(
      "query", "detector_inputs", "--attack", "fgsm", "--part", "selection", "--format", "csv"
    ).split(separator: "\r\n").filter { $0.contains(",vote:crop_") }
    let crops = try assay.ask(
      """
      SELECT sum(kept), sum(kept AND crop_centre <> prediction) FROM image_uncertainties
      WHERE part = 'selection' AND coalesce(attack, 'fgsm') = 'fgsm';
      """)
    let centre = votes.filter { $0.contains(",vote:crop_centre,") }
    #expect("\(centre.count)|\(centre.count { $0.hasSuffix(",1.0") })\n" == crops)
    #expect(votes.count == 5 * centre.count)

    _ = try run("sets", "export", sets[1], "-o", "fgsm.npz")
    try assay.succeed(
      "predict", "--images", "fgsm.npz", "--detector", "two", "--config", "study.yaml", "-o",
      "out.npz", "--quiet")
    let arrays = try Npz.arrays(from: [UInt8](assay.data("out.npz")), file: "out.npz")
    let scores = try #require(arrays["detector_scores"]?.floats)
    let indices = try #require(arrays["indices"]?.integers)
    let recorded = try assay.ask(
      """
      SELECT image_index, value FROM image_scores
      WHERE measure = 'two' AND adversarial_set = '\(sets[1])' ORDER BY image_index;
      """
    ).split(separator: "\n").map { $0.split(separator: "|").compactMap { Double($0) } }
    #expect(recorded.count == 250 && scores.count == 250)
    let found = zip(indices, scores).sorted { $0.0 < $1.0 }
    for (pair, row) in zip(found, recorded) {
      #expect(Double(pair.0) == row[0] && abs(Double(pair.1) - row[1]) < 1e-5)
    }
    let threshold = try #require(
      Double(assay.ask("SELECT threshold FROM detectors;").dropLast()))
    let verdicts = try #require(arrays["declared_adversarial"]?.integers)
    #expect(zip(scores, verdicts).allSatisfy { (Double($0) > threshold) == ($1 == 1) })
    #expect(verdicts.contains(0) && verdicts.contains(1))
    let table = try assay.run(
      "predict", "--images", "fgsm.npz", "--detector", "two", "--config", "study.yaml", "--quiet")
    #expect(table.output.contains("Verdicts by the learned detector two."), "\(table.error)")
    let both = try assay.run(
      "predict", "--images", "fgsm.npz", "--detector", "two", "--thresholds", "3f2a")
    #expect(both.status == 64 && both.error.contains("two detectors"))
    let unknown = try assay.run("predict", "--images", "fgsm.npz", "--detector", "twi")
    #expect(unknown.status == 64 && unknown.error.contains("did you mean two?"))

    let wrong: [([String], Int32, String)] = [
      (["--set", sets[0], "--attacks", "fgsm"], 64, "give one"),
      (["--set", "ffffffff"], 64, "ffffffff"),
      (["--set", try assay.onlyRun("train")], 64, "attack"),
    ]
    for (words, status, mention) in wrong {
      let result = try assay.run(
        [
          "detectors", "fit", "logistic", "--measures", "energy", "--on", "heldout", "--name", "x",
          "--quiet",
        ] + words)
      #expect(result.status == status && result.error.contains(mention), "\(result.error)")
    }
  }

  @Test("a deleted run of scores is seen by nothing, and measuring again makes another")
  func deletedScores() throws {
    _ = try run("measure", "--set", "all", "--measures", "energy,bit_depth_1_l1")
    let scores = try assay.ask("SELECT run FROM runs WHERE kind = 'score';").split(separator: "\n")
    let deleted = try assay.run(["runs", "delete"] + scores.map(String.init))
    #expect(deleted.status == 0, "\(deleted.error)")
    #expect(
      try assay.ask(
        """
        SELECT count(*) FROM image_scores WHERE measure = 'energy';
        SELECT count(*) FROM image_votes WHERE voter = 'bit_depth_1';
        """) == "0\n0\n")
    let refused = try assay.run(
      "thresholds", "--measures", "energy", "--config", "study.yaml", "--quiet")
    #expect(refused.status == 66 && refused.error.contains("have no energy"), "\(refused.error)")
    let fit = try run(
      "detectors", "fit", "logistic", "--measures", "all", "--voters", "all", "--on", "heldout",
      "--name", "d")
    #expect(!fit.contains("energy"))
    #expect(
      try assay.ask(
        "SELECT count(*) FROM detector_inputs WHERE input IN ('energy', 'vote:bit_depth_1');")
        == "0\n")
    _ = try run("measure", "--set", "all", "--measures", "energy,bit_depth_1_l1")
    #expect(
      try assay.ask(
        """
        SELECT count(*) FROM runs WHERE kind = 'score' AND hidden IS NULL
          AND configuration ->> '$.measures[0]' IS NOT NULL
          AND configuration LIKE '%energy%';
        SELECT count(*) FROM image_scores WHERE measure = 'energy';
        """) == "4\n1000\n")
    #expect(
      try assay.run("thresholds", "--measures", "energy", "--config", "study.yaml", "--quiet")
        .status == 0)
  }

  @Test("a kill while images are scored loses a chunk, and the rest comes out the same to the bit")
  func killedScoring() throws {
    let whole = try Assay(copyOf: .study)
    let measures = "energy,softmax_variance,bit_depth_1_l1"
    try whole.succeed(
      "measure", "--set", "all", "--measures", measures, "--config", "study.yaml", "--quiet")
    let program = try assay.start(
      "measure", "--set", "all", "--measures", measures, "--threads", "1", "--config", "study.yaml",
      "--quiet")
    try waitUntil("the first scores", of: program) {
      try assay.ask("SELECT count(*) > 0 FROM image_score;") == "1\n"
    }
    program.send(SIGKILL)
    _ = try program.wait()
    // What is not whole is not shown.
    #expect(
      try assay.ask(
        """
        SELECT count(*) FROM image_scores JOIN runs ON runs.run = measurement
        WHERE measure = 'energy' GROUP BY measurement HAVING count(*) <> 250;
        """
      ).isEmpty)
    try assay.succeed(
      "measure", "--set", "all", "--measures", measures, "--config", "study.yaml", "--quiet")
    #expect(try assay.ask(Self.scores) == whole.ask(Self.scores))
    #expect(try assay.ask(Self.votes) == whole.ask(Self.votes))

    for place in [whole, assay] {
      try place.succeed(
        "detectors", "fit", "logistic", "--measures", "all", "--on", "selection", "--name", "d",
        "--quiet")
    }
    #expect(try assay.ask(Self.detector) == whole.ask(Self.detector))
  }

  @Test("a kill while a detector is fitted leaves a fit that the same command finishes")
  func killedFitting() throws {
    let arguments = [
      "detectors", "fit", "logistic", "--measures", "all", "--on", "heldout", "--name", "d",
      "--quiet",
    ]
    let whole = try Assay(copyOf: .study)
    #expect(try whole.run(arguments).status == 0)
    for kind in ["learn", "score"] {
      let place = try Assay(copyOf: .study)
      let program = try TestSupport.start(
        Assay.executable ?? "assay", arguments, in: place.directory.url)
      try waitUntil("a run of kind \(kind)", of: program) {
        try place.ask("SELECT count(*) > 0 FROM runs WHERE kind = '\(kind)';") == "1\n"
      }
      program.send(SIGKILL)
      _ = try program.wait()
      #expect(try place.run(arguments).status == 0)
      #expect(try place.ask(Self.detector) == whole.ask(Self.detector))
      #expect(try place.ask(Self.scores) == whole.ask(Self.scores))
    }
  }

  @Test("of two processes that score the same, one works and the other is told so or finds it done")
  func twoProcesses() throws {
    let arguments = [
      "measure", "--set", "all", "--measures", "energy,softmax_variance", "--config", "study.yaml",
      "--quiet",
    ]
    let programs = try (0..<2).map { _ in
      try TestSupport.start(Assay.executable ?? "assay", arguments, in: assay.directory.url)
    }
    let ends = try programs.map { try $0.wait() }
    #expect(ends.contains { $0.status == 0 } && ends.allSatisfy { [0, 75].contains($0.status) })
    #expect(try assay.run(arguments).status == 0)
    #expect(
      try assay.ask("SELECT count(*) FROM image_scores WHERE measure = 'energy';") == "1000\n")
    #expect(
      try assay.ask("SELECT count(*) FROM runs WHERE kind = 'score';") == "4\n")
  }

  @Test("what cannot be is refused in a line that says what there is")
  func mistakes() throws {
    _ = try run("measure", "--set", "all", "--measures", "energy")
    _ = try run(
      "detectors", "fit", "logistic", "--measures", "energy", "--on", "heldout", "--name", "d")
    let mistakes: [(arguments: [String], status: Int32, mentions: [String])] = [
      (["measure", "--measures", "enrgy"], 64, ["enrgy", "energy"]),
      (["measure", "--measures", "bit_dept_3_l1"], 64, ["bit_dept_3"]),
      (["measure", "--measures", "d"], 64, ["detectors apply d"]),
      (["measure", "--voters", "shft_1_0"], 64, ["shft_1_0"]),
      (["measure", "--voter-set", "shift"], 64, ["shift", "shifts"]),
      (["measure", "--measures", "a\u{1B}[31mb"], 64, ["no measure"]),
      (["thresholds", "--measures", "bit_depth_1_l1"], 66, ["assay measure", "bit_depth_1_l1"]),
      (["thresholds", "--voters", "shifts"], 66, ["assay measure", "--voters"]),
      (["thresholds", "--voters", "shfts"], 64, ["shifts"]),
      (["detectors", "apply", "e"], 64, ["no detector 'e'"]),
      (["detectors", "show", "dd"], 64, ["did you mean d?"]),
      (
        ["detectors", "fit", "logstic", "--measures", "all", "--on", "heldout", "--name", "x"], 64,
        ["logistic"]
      ),
      (
        ["detectors", "fit", "logistic", "--measures", "margin", "--on", "heldout", "--name", "d"],
        64, ["other settings"]
      ),
      (
        [
          "detectors", "fit", "logistic", "--measures", "all", "--on", "heldout", "--name",
          "softmax_std",
        ], 64, ["softmax_std"]
      ),
      (
        [
          "detectors", "fit", "logistic", "--measures", "all", "--on", "heldout", "--name", "x",
          "--attacks", "fgsm,pgd",
        ], 66, ["pgd"]
      ),
      (
        [
          "detectors", "fit", "logistic", "--measures", "softmax_variance", "--on", "heldout",
          "--name", "x",
        ], 66, ["assay measure", "softmax_variance"]
      ),
      (["detectors", "fit", "logistic", "--on", "heldout", "--name", "x"], 64, ["--measures"]),
      (
        ["detectors", "fit", "logistic", "--measures", "all", "--on", "half", "--name", "x"], 64,
        ["half"]
      ),
    ]
    for mistake in mistakes {
      let isReading = mistake.arguments[1] == "show"
      let isFitting = mistake.arguments[0] == "detectors"
      let result = try assay.run(
        mistake.arguments + (isReading ? [] : ["--quiet"])
          + (isFitting ? [] : ["--config", "study.yaml"]))
      #expect(result.status == mistake.status, "\(mistake.arguments): \(result.error)")
      let line = result.error.split(separator: "\n").first ?? ""
      for mention in mistake.mentions {
        #expect(line.contains(mention), "\(mistake.arguments): \(result.error)")
      }
      #expect(!result.error.contains("\u{1B}") && result.output.isEmpty)
    }
    #expect(
      try assay.ask("SELECT count(*) FROM runs WHERE state <> 'finished';") == "0\n")
  }

  @Test("shells are offered measures behind the commas of a list, and detectors by name")
  func completions() throws {
    _ = try run(
      "detectors", "fit", "logistic", "--measures", "all", "--on", "heldout", "--name", "dolmen")
    func offered(_ words: String...) throws -> [Substring] {
      try assay.run(["---completion"] + words).output.split(separator: "\n")
    }
    let measures = try offered(
      "measure", "--", "--measures", "3", "0", "assay", "measure", "--measures", "energy,softmax_v")
    #expect(measures == ["energy,softmax_variance"])
    let detectors = try offered(
      "detectors", "apply", "--", "positional@0", "3", "0", "assay", "detectors", "apply", "dol")
    #expect(detectors == ["dolmen"])
  }
}
