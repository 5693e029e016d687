import Foundation
import TestSupport
import Testing

/// Attacks of the catalogue as commands.
@Suite(.startsPrograms) struct AttackCommandTests {
  static let images = """
    SELECT image_index, prediction, success, iterations, l2, hex(pixels)
    FROM adversarial_images JOIN adversarial_image_pixels USING (adversarial_set, image_index)
    ORDER BY adversarial_set, image_index;
    """
  static let details = """
    SELECT image_index, detail, value FROM adversarial_details ORDER BY image_index, detail;
    """

  @Test("options are those of the attack; others and impossible values are told before any work")
  func options() throws {
    let assay = try Assay()
    for (arguments, expected) in [
      ("fgsm --theta 1", "fgsm has no parameter 'theta'; it has: epsilon, draws, through"),
      ("noise --draws 3", "noise has no parameter 'draws'; it has: epsilon, norm, samples"),
      ("fgv --norm l7", "fgv's norm cannot be l7; it must be one of linf, l2"),
      ("bim --iterations x", "bim-a's iterations cannot be x; it must be a whole number"),
      ("bim --draws=-1", "bim-a's draws cannot be -1"),
      ("bim --through mirror", "mirror"),
      ("nosuch", "there is no attack 'nosuch'; there are: fgsm"),
    ] {
      let words = arguments.split(separator: " ").map(String.init)
      let result = try assay.run(["attack"] + words)
      #expect(result.status == 64, "\(arguments): \(result.error)")
      #expect(result.error.contains(expected), "\(arguments): \(result.error)")
      #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
    }
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("assay.db")))
  }

  @Test("lists and help come from the catalogue")
  func lists() throws {
    let assay = try Assay()
    let list = try assay.succeed("attacks", "list", "--format", "csv").output
    #expect(list.contains("fgsm,Fast Gradient Sign Method,linf,epsilon,untargeted,white-box,one,"))
    #expect(list.contains("fgsm-minimal,"))
    #expect(list.contains("noise,Random noise,linf,epsilon,untargeted,none,one,"))
    let shown = try assay.succeed("attacks", "show", "bim").output
    for text in ["--step-size", "0.01", "--draws", "--through", "(linf)", "Kurakin"] {
      #expect(shown.contains(text), "\(text)")
    }
    let help = try assay.succeed("attack", "--help").output
    for text in ["--largest-step", "--samples", "hot-cold"] {
      #expect(help.contains(text), "\(text)")
    }
  }

  @Test("the stages behind sets of one attack are told apart, and so are the sets in reports")
  func alike() throws {
    let assay = try Assay(copyOf: .attacked)
    for (epsilon, seed) in [("0.1", "0"), ("0.2", "0"), ("0.2", "3")] {
      let set = try assay.stage("attack", "fgsm", "--epsilon", epsilon, "--seed", seed)
      _ = try assay.stage("thresholds", "--measurement", try assay.stage("measure", "--set", set))
    }
    for iterations in ["2", "3"] {
      let set = try assay.stage("attack", "bim-a", "--epsilon", "0.1", "--iterations", iterations)
      _ = try assay.stage("measure", "--set", set)
    }
    let list = try assay.succeed("runs", "list").output
    for words in [
      "thresholds  fgsm, epsilon 0.1 ", "measure     fgsm, epsilon 0.1, 12 passes",
      "thresholds  fgsm, epsilon 0.2, seed 0 ", "measure     fgsm, epsilon 0.2, seed 3, 12 passes",
      "measure     bim-a, epsilon 0.1, iterations 2, 12 passes",
      "measure     bim-a, epsilon 0.1, iterations 3, 12 passes",
    ] {
      #expect(list.contains(words), "\(list)")
    }
    let model = try assay.onlyRun("train")
    let table = try assay.succeed("report", "attacks", "--model", model).output
    for name in ["FGSM 0.1 ", "FGSM 0.2 seed 0 ", "FGSM 0.2 seed 3 "] {
      #expect(table.contains("\n\(name)"), "\(table)")
    }
    // Another seed draws other images.
    #expect(
      table.contains("Selections of different images: FGSM 0.1, FGSM 0.2 seed 0 on 130 pairs"))
    #expect(try assay.succeed("report", "--model", model).output.contains("of different images;"))
  }

  @Test("a set has its threat model and its details in views, and options only in its own key")
  func records() throws {
    let assay = try Assay(copyOf: .attacked)
    let before = try assay.ask("SELECT key FROM run WHERE kind = 'attack';")
    _ = try assay.stage("attack", "fgsm", "--draws", "0")
    #expect(try assay.ask("SELECT key FROM run WHERE kind = 'attack';") == before)
    _ = try assay.stage("attack", "fgv-minimal", "--norm", "l2", "--largest-step", "10")
    _ = try assay.stage("attack", "noise", "--samples", "3")
    _ = try assay.stage("attack", "fgsm", "--through", "crop_centre", "--draws", "2")
    let sets = try assay.ask(
      """
      SELECT attack, norm, budget, is_targeted, knowledge, is_iterative, parameters
      FROM adversarial_sets ORDER BY attack, length(parameters);
      """)
    #expect(
      sets == """
        fgsm|linf|0.3|0|white-box|0|{"epsilon":0.3}
        fgsm|linf|0.3|0|white-box|0|{"draws":2,"epsilon":0.3,"through":"crop_centre_24"}
        fgv-minimal|l2||0|white-box|0|{"largest_step":10,"norm":"l2","scale":1}
        noise|linf|0.3|0|none|0|{"epsilon":0.3,"norm":"linf","samples":3}

        """)
    #expect(
      try assay.ask(
        """
        SELECT attack, detail, count(*) = image_count FROM adversarial_details
        JOIN adversarial_sets USING (adversarial_set)
        WHERE detail <> 'smallest_step' GROUP BY attack, detail ORDER BY attack, detail;
        """) == "fgsm|defended_prediction|1\nnoise|misled_draws|1\nnoise|sample|1\n")
    // The smallest step leaves the images at the border of two classes.
    #expect(
      try assay.ask(
        """
        SELECT count(*) > 150, min(value) = 0, max(value) <= 10 FROM adversarial_details
        WHERE detail = 'smallest_step';
        SELECT count(*) FROM attacks WHERE attack IN ('fgv-minimal', 'noise');
        """) == "1|1|1\n2\n")
    let stronger = try assay.ask(
      """
      SELECT max(mean_l2) FILTER (WHERE attack = 'fgv-minimal')
        < max(mean_l2) FILTER (WHERE attack = 'fgsm') FROM adversarial_sets;
      """)
    #expect(stronger == "1\n")
    #expect(try assay.run("db", "info").status == 0)
  }

  @Test("a study makes the attacks that its configuration names beside the papers'")
  func study() throws {
    let assay = try Assay(copyOf: .attacked)
    let words = Assay.configuration.replacing(
      "  jsma: {gamma: 0.03}", with: "  jsma: null\n  fgv: {}")
    try assay.write(words, to: "more.yaml")
    try assay.succeed("reproduce", "--config", "more.yaml", "--quiet")
    #expect(
      try assay.ask(
        "SELECT DISTINCT attack FROM study_results ORDER BY 1;"
      ) == "bim-a\nfgsm\nfgv\n")
    let report = try assay.succeed("report", "table1", "--format", "markdown").output
    #expect(report.contains("FGV") || report.contains("fgv"), "\(report.prefix(600))")
  }

  private static let longAttacks = [
    ["bim-b", "--iterations", "20", "--step-size", "0.02", "--draws", "20"],
    ["cw-l2", "--search-steps", "1", "--iterations", "40", "--initial-constant", "10"],
  ]

  @Test(
    "an attack that is killed goes on where it was, to the same images", arguments: longAttacks)
  func killed(attack words: [String]) throws {
    func attack(_ database: String) -> [String] {
      ["attack"] + words + ["--config", "study.yaml", "--quiet", "--db", database]
    }
    let assay = try Assay(copyOf: .training)
    try FileManager.default.copyItem(
      atPath: assay.directory.path("assay.db"), toPath: assay.directory.path("whole.db"))
    let whole = try assay.run(attack("whole.db"))
    try #require(whole.status == 0, "\(whole.error)")
    var random = SeededGenerator.ofTests("kills of \(words[0])")
    var kills = 0
    let done = "SELECT coalesce(max(progress_done), 0) FROM run WHERE kind = 'attack'"
    for _ in 0..<3 {
      let before = try assay.number(done)
      let running = try TestSupport.start(
        Assay.executable ?? "assay", attack("assay.db"), in: assay.directory.url)
      try waitUntil("images", of: running) { try assay.number(done) > before }
      if try Assay.kill(running, using: &random).status == -SIGKILL { kills += 1 }
      if try assay.number(done) == 250 { break }
    }
    #expect(kills > 0)
    let resumed = try assay.run(attack("assay.db"))
    #expect(resumed.status == 0, "\(resumed.error)")
    #expect(try assay.ask(Self.images) == assay.ask(Self.images, of: "whole.db"))
    #expect(try assay.ask(Self.details) == assay.ask(Self.details, of: "whole.db"))
  }

  @Test("Ctrl-C ends an attack between two steps, and what is done stays")
  func interrupted() throws {
    let assay = try Assay(copyOf: .training)
    // One piece of it takes minutes.
    let running = try assay.start(
      "attack", "noise", "--samples", "1000000", "--config", "study.yaml", "--quiet")
    try waitUntil("the attack", of: running) {
      try assay.number("SELECT count(*) FROM run WHERE kind = 'attack' AND state = 'running'") == 1
    }
    let start = Date()
    running.send(SIGINT)
    let result = try running.wait()
    #expect(result.status == 130, "\(result.error)")
    // Within a second on an idle machine.
    #expect(Date().timeIntervalSince(start) < 10)
    #expect(
      try assay.ask("SELECT state FROM runs WHERE kind = 'attack';") == "interrupted\n")
  }
}
