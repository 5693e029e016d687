import Foundation
import TestSupport
import Testing

/// The report of a study in whose database a sweep was run afterwards.
@Suite(.startsPrograms) struct SweepReportCommandTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: Self.reportedAndSearched)
  }

  /// The study with its report in before/, and a search over its thresholds that ended after it.
  private static let reportedAndSearched = SharedStart(from: .study) { assay in
    try assay.write(
      """
      configuration: study.yaml
      space:
        detection.low_threshold: {uniform: [0, 0.1]}
        detection.high_threshold: {uniform: [0.1, 0.2]}
        detection.agreement_threshold: {integer: [0, 5]}
      objective: {query: detection_score, with: {attack: fgsm}}
      budget: 3

      """, to: "search.yaml")
    try assay.succeed("report", "-o", "before/")
    try assay.succeed("sweep", "run", "search.yaml", "--quiet")
  }

  @Test("a sweep changes nothing of the study's report, and one written before passes its check")
  func unchanged() throws {
    for (part, file) in [("macros", "macros.tex"), ("table2", "table2.tex")] {
      let now = try assay.run("report", part, "--format", "latex")
      let before = try Data(contentsOf: assay.directory.url.appending(path: "before/" + file))
      #expect(now.output == String(decoding: before, as: UTF8.self))
    }
    let check = try assay.run("report", "--check", "before")
    #expect(check.status == 0, "\(check.output) \(check.error)")
    #expect(check.output.contains("files checked, no number differs"))
    // What takes the newest model takes the study's own, and the newest measurement likewise.
    #expect(try assay.run("thresholds", "--config", "study.yaml", "--quiet").status == 0)
    let whole = try assay.run("report", "--full")
    #expect(whole.output.hasPrefix("Study ") && whole.output.contains("Table 2"))
  }

  @Test("the model's newest thresholds are the study's, and a trial's are taken if they are named")
  func thresholds() throws {
    func newest(_ condition: String) throws -> String {
      try assay.ask(
        """
        SELECT run FROM runs WHERE kind = 'thresholds' AND \(condition)
        ORDER BY record_number DESC LIMIT 1;
        """
      ).trimmingCharacters(in: .newlines)
    }
    let own = try newest("run IN (SELECT run FROM own_runs)")
    let trials = try newest("run NOT IN (SELECT run FROM own_runs)")
    try #require(own.count == 36 && trials.count == 36)
    let set = try assay.ask("SELECT run FROM adversarial_sets WHERE attack = 'fgsm';").prefix(36)
    try assay.succeed("sets", "export", String(set), "-o", "fgsm.npz", "--quiet")
    let predict = ["predict", "--images", "fgsm.npz", "--config", "study.yaml", "--quiet"]
    for (options, taken) in [
      ([], own), (["--thresholds", trials], trials),
    ] as [([String], String)] {
      let predicted = try assay.run(predict + options)
      #expect(predicted.status == 0, "\(predicted.error)")
      #expect(predicted.output.contains("Verdicts by thresholds \(taken.prefix(8)), chosen for "))
      let judge = ["detectors", "judge", "wang-zhang", "--set", String(set)]
      let judged = try assay.run(judge + ["--config", "study.yaml", "--quiet"] + options)
      #expect(judged.status == 0, "\(judged.error)")
      let parents = "SELECT parent FROM lineages WHERE kind = 'verdict' AND role = 'detector';"
      #expect(try assay.ask(parents).contains(taken))
    }
  }

  @Test("a trial's study is reported if it is asked for, and its directory is checked as such")
  func trial() throws {
    let summary = try assay.run("report", "--trial", "1").output.split(separator: "\n")
    #expect(summary.contains { $0.hasPrefix("FGSM ") && $0.contains("%") }, "\(summary)")
    // What it ends with works.
    let commands = summary.last?.trimmingPrefix("Next: ").split(separator: "; ") ?? []
    #expect(commands.contains("assay report ablations --trial 1"))
    for command in commands {
      let words = command.split(separator: " ").dropFirst().map(String.init)
      #expect(try assay.run(words).status == 0, "\(command)")
    }
    let report = try assay.run("report", "--trial", "1", "--full")
    #expect(report.status == 0)
    #expect(report.output.hasPrefix("Trial 1 of sweep search, study "))
    #expect(!report.output.contains("Table 2") && report.output.contains("given"))
    #expect(try assay.run("report", "--trial", "1", "--sweep", "search", "-o", "one/").status == 0)
    let check = try assay.run("report", "--check", "one")
    #expect(check.status == 0, "\(check.output) \(check.error)")
    for (arguments, status, words) in [
      (["--trial", "9"], 64, "no trial 9"), (["--trial", "1", "--model", "3f"], 64, "name one of"),
      (["table2", "--trial", "1"], 66, "there are no numbers for table2"),
      (["table2", "--trial", "1"], 66, "with --full and without a part"),
      (["table2", "--columns", "1"], 64, "add --format latex"),
      (["table2", "--format", "latex", "--label", "a b"], 64, "--label is of ASCII letters"),
      (["table2", "--format", "latex", "--caption", "Mine"], 64, "there are 2; name one table"),
      (["--check", "one", "--without-published"], 64, "--check takes everything"),
      (["--check", "one", "--sweep", "search"], 64, "--sweep and --objective are of figures"),
      (["--sweep", "search"], 64, "--sweep and --objective are of figures"),
      (["table1", "--sweep", "nope"], 64, "--sweep and --objective are of figures"),
      (["--full", "--objective", "nope"], 64, "--sweep and --objective are of figures"),
      (["--trial", "1", "--objective", "nope"], 64, "--sweep and --objective are of figures"),
      (["--trial", "1", "--sweep", "nope"], 64, "no sweep 'nope'; assay sweep list shows them"),
      (["-o", "no/", "--sweep", "nope"], 64, "no sweep 'nope'; assay sweep list shows them"),
      (["-o", "no.html", "--sweep", "nope"], 64, "no sweep 'nope'; assay sweep list shows them"),
      (["-o", "no/", "--objective", "nope"], 64, "'search' has no objective 'nope'; there are: "),
      (["sweep-history", "--objective", "nope"], 64, "has no objective 'nope'; there are: "),
    ] as [([String], Int32, String)] {
      let result = try TestSupport.run(
        Assay.executable ?? "assay", ["report"] + arguments, in: assay.directory.url)
      #expect(result.status == status, "\(arguments)")
      #expect(result.error.hasPrefix("assay: ") && result.error.contains(words), "\(result.error)")
    }
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("no")))
  }

  @Test("a whole report is of the sweep and the objective that are named, and is checked as such")
  func namedSweep() throws {
    let objective = try assay.ask("SELECT name FROM sweep_objective;")
      .trimmingCharacters(in: .newlines)
    try assay.write(
      """
      command: ["true", "{x}"]
      space: {x: {integer: [1, 1000]}}
      objective: {minimise: exit_code}
      budget: 2

      """, to: "other.yaml")
    try assay.succeed("sweep", "run", "other.yaml", "--quiet")
    try assay.succeed("report", "-o", "named/", "--sweep", "search", "--objective", objective)
    #expect(try assay.text("named/report.html").contains("Sweep search"))
    #expect(try assay.text("named/manifest.json").contains("\"objective\" : \"\(objective)\""))
    let check = try assay.run("report", "--check", "named")
    #expect(check.status == 0, "\(check.output) \(check.error)")
    try assay.succeed("report", "-o", "other.html", "--sweep", "other")
    let other = try assay.text("other.html")
    #expect(other.contains("Sweep other") && !other.contains("Sweep search"))
  }

  @Test("the check finds rows that changed in the database without a trace in the tables")
  func damage() throws {
    let set = try assay.ask("SELECT run FROM adversarial_sets WHERE attack = 'fgsm';")
    let changed = try assay.ask(
      """
      DROP TRIGGER adversarial_image_is_final;
      UPDATE adversarial_image SET iterations = iterations + 1 WHERE adversarial_set_id =
        (SELECT id FROM run WHERE uuid = '\(set.prefix(36))') AND image_index =
        (SELECT min(image_index) FROM adversarial_image);
      SELECT changes();
      """)
    #expect(changed.contains("1"))
    let check = try assay.run("report", "--check", "before")
    #expect(check.status == 65)
    #expect(check.output.contains("run \(set.prefix(8)) (attack) is not what was written"))
    #expect(check.error.contains("the database has changed in 1 place since it was written"))
  }
}
