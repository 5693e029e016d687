import Foundation
import TestSupport
import Testing

@Suite struct StudyCommandTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
    try assay.write(Assay.configuration, to: "study.yaml")
  }

  /// Everything that a study's results are, as one text: tables, weights and every per-image row.
  static func results(of assay: Assay) throws -> String {
    try assay.ask(
      """
      SELECT kind, key FROM runs ORDER BY key;
      SELECT kind, name, sha256 FROM artifacts ORDER BY kind, name;
      SELECT kind, name, step, value FROM metrics ORDER BY kind, name, step;
      SELECT attack, image_index, target_label, prediction, iterations, l0, quote(l2), quote(linf)
        FROM adversarial_images ORDER BY attack, image_index;
      SELECT attack, image_index, hex(pixels) FROM adversarial_image_pixels
        ORDER BY attack, image_index;
      SELECT attack, image_index, prediction, quote(softmax_std), quote(logit_std),
        quote(predictive_entropy), quote(mutual_information), quote(margin), crop_top_left,
        crop_centre, agreement
        FROM image_uncertainties ORDER BY attack, image_index;
      SELECT attack, protocol, method, detector, measure, quote(low_threshold),
        quote(high_threshold), agreement_threshold, detection_accuracy
        FROM detection_results ORDER BY 1, 2, 3, 4, 5;
      """)
  }

  /// The report without the names of the study, the database and the runs, which are others each
  /// time.
  static func tables(_ output: String) -> String {
    output.split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { !$0.hasPrefix("From database ") }
      .filter { !$0.hasPrefix("Study ") }.joined(separator: "\n")
  }

  @Test("a study prints its tables, keeps everything, and is not done twice")
  func wholeStudy() throws {
    let first = try assay.run("reproduce", "--config", "study.yaml")
    #expect(first.status == 0, "\(first.error)")
    for expected in ["Table 1", "Table 2", "Table 3", "Ablations", "FGSM", "96.1%", "heldout"] {
      #expect(first.output.contains(expected))
    }
    #expect(!first.output.contains("QUICK"))

    let second = try assay.run("reproduce", "--config", "study.yaml")
    #expect(second.status == 0)
    #expect(second.output == first.output)
    #expect(second.error.contains("train: done before"))
    #expect(!second.error.contains("done in"))

    let report = try assay.run("report", "tables")
    #expect(report.output == first.output)
    #expect(report.error.isEmpty)

    #expect(try assay.ask("PRAGMA integrity_check; PRAGMA foreign_key_check;") == "ok\n")
    #expect(try assay.ask("SELECT DISTINCT state FROM runs;") == "finished\n")
    #expect(try assay.ask("SELECT count(*) FROM image_uncertainties;") == "1000\n")
    #expect(try assay.ask("SELECT count(*) FROM blob WHERE size > 100000;") == "0\n")
  }

  @Test("the tables are about the measure that the configuration names first")
  func otherMeasure() throws {
    let text = Assay.configuration.replacing("[softmax_std, margin]", with: "[margin]")
      .replacing("jsma: {gamma: 0.03}", with: "jsma: null")
    try assay.write(text, to: "margin.yaml")
    #expect(try assay.run("reproduce", "--config", "margin.yaml", "--quiet").status == 0)
    for table in ["table2", "table3", "ablations"] {
      let result = try assay.run("report", "tables", "--table", table, "--format", "csv")
      #expect(result.output.contains("fgsm"), "\(table)")
    }
  }

  @Test("--quick runs the whole study in small and says so")
  func quick() throws {
    let dataset = packageRoot.appending(path: "Tests/Fixtures/mnist-sample").path
    let result = try assay.run("reproduce", "--quick", "--dataset", dataset)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("QUICK"))
    #expect(result.output.contains("BIM-B"))
    #expect(try assay.ask("SELECT count(*) FROM selected_images;") == "500\n")
  }

  @Test("killed ten times and on one thread, a study ends with the same bits")
  func killed() throws {
    let undisturbed = try Assay()
    try undisturbed.write(Assay.configuration, to: "study.yaml")
    let expected = try undisturbed.run(
      "reproduce", "--config", "study.yaml", "--quiet", "--threads", "2")
    #expect(expected.status == 0, "\(expected.error)")

    var random = SystemRandomNumberGenerator()
    var kills = 0
    while kills < 10 {
      let running = try assay.start("reproduce", "--config", "study.yaml", "--threads", "1")
      Thread.sleep(forTimeInterval: Double.random(in: 0.02...0.35, using: &random))
      guard running.isRunning else { break }
      running.send(SIGKILL)
      #expect(try running.wait().status == -SIGKILL)
      kills += 1
    }
    let last = try assay.run(
      "reproduce", "--config", "study.yaml", "--quiet", "--threads", "1")
    #expect(last.status == 0, "\(last.error)")
    #expect(Self.tables(last.output) == Self.tables(expected.output))
    let (ours, theirs) = (try Self.results(of: assay), try Self.results(of: undisturbed))
    #expect(ours.count > 10_000)
    #expect(ours == theirs)
    #expect(try assay.ask("PRAGMA integrity_check; PRAGMA foreign_key_check;") == "ok\n")
    #expect(kills == 10)
  }

  @Test(
    "a signal stops after the chunk, says how to go on, and nothing is lost",
    arguments: [SIGINT, SIGTERM])
  func signals(signal: Int32) throws {
    let running = try assay.start("reproduce", "--config", "study.yaml")
    while running.isRunning,
      try assay.ask("SELECT count(*) FROM runs WHERE kind = 'train';") != "1\n"
    {
      Thread.sleep(forTimeInterval: 0.01)
    }
    running.send(signal)
    let result = try running.wait()
    #expect(result.status == 130)
    #expect(result.error.contains("run the same command again to go on"))
    #expect(result.output.isEmpty)
    #expect(try assay.ask("SELECT count(*) FROM runs WHERE state = 'running';") == "0\n")
    #expect(try assay.run("reproduce", "--config", "study.yaml", "--quiet").status == 0)
  }

  @Test("two processes on one study never do the same work twice")
  func twoProcesses() throws {
    let first = try assay.start("reproduce", "--config", "study.yaml")
    while first.isRunning,
      try assay.ask("SELECT count(*) FROM runs WHERE kind = 'train';") != "1\n"
    {
      Thread.sleep(forTimeInterval: 0.01)
    }
    let second = try assay.run("reproduce", "--config", "study.yaml")
    #expect(second.status == 75 || second.status == 0)
    #expect(second.status == 0 || second.error.contains("try again"))
    #expect(try first.wait().status == 0)
    #expect(
      try assay.ask("SELECT count(*), count(DISTINCT key), sum(executions) FROM runs;")
        == "13|13|13\n")
  }

  @Test("stages one by one give what the study gives")
  func stages() throws {
    let arguments = ["--config", "study.yaml", "--quiet", "--format", "json"]
    func uuid(_ output: String) throws -> String {
      let parsed = try JSONSerialization.jsonObject(with: Data(output.utf8))
      let run = ((parsed as? [String: Any])?["run"] as? [[String: Any]])?.first
      return try #require(run?["run"] as? String)
    }
    func run(_ command: String...) throws -> String {
      let result = try TestSupport.run(
        Assay.executable ?? "assay", command + arguments, in: assay.directory.url)
      #expect(result.status == 0, "\(result.error)")
      return try uuid(result.output)
    }
    let model = try run("train")
    let set = try run("attack", "fgsm", "--model", String(model.prefix(8)))
    let measurement = try run("measure", "--set", set)
    _ = try run("thresholds", "--measurement", measurement)
    let study = try assay.run("reproduce", "--config", "study.yaml")
    for stage in ["train", "attack fgsm", "measure clean", "measure fgsm", "thresholds fgsm"] {
      #expect(study.error.contains("\(stage): done before"))
    }
    #expect(study.error.contains("attack jsma: done in"))
  }
}
