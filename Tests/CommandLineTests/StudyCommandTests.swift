import Foundation
import TestSupport
import Testing

@Suite(.startsPrograms) struct StudyCommandTests {
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
  private static func tables(_ output: String) -> String {
    output.split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { !$0.hasPrefix("From database ") }
      .filter { !$0.hasPrefix("Study ") }.joined(separator: "\n")
  }

  @Test("a study prints its tables, keeps everything, and is not done twice")
  func wholeStudy() throws {
    let assay = try Assay(copyOf: .study)
    let first = try assay.text("output.txt")
    #expect(try assay.text("progress.txt").contains("train: done in"))
    for expected in ["Table 1", "Table 2", "Table 3", "Ablations", "FGSM", "heldout"] {
      #expect(first.contains(expected))
    }
    // What the papers measured on all of MNIST does not stand beside a sample of it.
    #expect(!first.contains("96.1%"))
    #expect(!first.contains("QUICK"))

    let second = try assay.run("reproduce", "--config", "study.yaml")
    #expect(second.status == 0)
    #expect(second.output == first)
    #expect(second.error.contains("train: done before"))
    #expect(!second.error.contains("done in"))

    let report = try assay.run("report", "tables")
    #expect(report.output == first)
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
    try assay.write(
      """
      dataset: \(Assay.sample)
      network: {conv1: 4, conv2: 6, dense1: 24}

      """, to: "network.yaml")
    let result = try assay.run("reproduce", "--quick", "--config", "network.yaml")
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("QUICK"))
    #expect(result.output.contains("BIM-B"))
    #expect(try assay.ask("SELECT count(*) FROM selected_images;") == "500\n")
  }

  @Test("killed up to ten times and on one thread, a study ends with the same bits")
  func killed() throws {
    // Ran on two threads.
    let undisturbed = try Assay(copyOf: .study)
    // At the last of them there is enough left to do that none comes too late.
    let last = try undisturbed.progress() * 4 / 5
    var random = SeededGenerator.ofTests("kills of a study")
    var kills = 0
    for goal in (0..<10).map({ _ in Int.random(in: 1...last, using: &random) }).sorted() {
      let next = max(goal, try assay.progress() + 1)
      let running = try assay.start("reproduce", "--config", "study.yaml", "--threads", "1")
      try waitUntil("progress") { try !running.isRunning || assay.progress() >= next }
      // On a busy machine it may have come to its end meanwhile.
      let status = try Assay.kill(running, using: &random).status
      #expect(status == -SIGKILL || status == 0)
      if status == -SIGKILL { kills += 1 }
    }
    #expect(kills >= 5)
    let ended = try assay.run(
      "reproduce", "--config", "study.yaml", "--quiet", "--threads", "1")
    #expect(ended.status == 0, "\(ended.error)")
    #expect(Self.tables(ended.output) == Self.tables(try undisturbed.text("output.txt")))
    let (ours, theirs) = (try Self.results(of: assay), try Self.results(of: undisturbed))
    #expect(ours.count > 10_000)
    #expect(ours == theirs)
    #expect(try assay.ask("PRAGMA integrity_check; PRAGMA foreign_key_check;") == "ok\n")
  }

  @Test(
    "a signal stops after the chunk, says how to go on, and nothing is lost",
    arguments: [SIGINT, SIGTERM])
  func signals(signal: Int32) throws {
    let running = try assay.start("reproduce", "--config", "study.yaml")
    try waitUntil("its training", of: running) {
      try assay.number("SELECT count(*) FROM runs WHERE kind = 'train'") == 1
    }
    running.send(signal)
    let result = try running.wait()
    #expect(result.status == 130)
    #expect(result.error.contains("run the same command again to resume"))
    #expect(result.output.isEmpty)
    #expect(try assay.ask("SELECT count(*) FROM runs WHERE state = 'running';") == "0\n")
    #expect(try assay.run("reproduce", "--config", "study.yaml", "--quiet").status == 0)
  }

  @Test("two processes on one study never do the same work twice")
  func twoProcesses() throws {
    let first = try assay.start("reproduce", "--config", "study.yaml")
    try waitUntil("its training", of: first) {
      try assay.number("SELECT count(*) FROM runs WHERE kind = 'train'") == 1
    }
    let second = try assay.run("reproduce", "--config", "study.yaml")
    // Whichever comes to a stage that the other works on gives up, and the other goes on.
    let results = [try first.wait(), second]
    #expect(results.contains { $0.status == 0 }, "\(results)")
    for result in results where result.status != 0 {
      #expect(result.status == 75 && result.error.contains("try again"), "\(result)")
    }
    #expect(
      try assay.ask("SELECT count(*), count(DISTINCT key), sum(executions) FROM runs;")
        == "13|13|13\n")
  }

  @Test("stages one by one give what the study gives, with the network and attacks of the default")
  func stages() throws {
    try assay.write(
      """
      dataset: \(Assay.sample)
      training: {epochs: 1}
      selection: {size: 24, heldout_size: 16}

      """, to: "study.yaml")
    let model = try assay.stage("train")
    let set = try assay.stage("attack", "fgsm", "--model", String(model.prefix(8)))
    let measurement = try assay.stage("measure", "--set", set)
    _ = try assay.stage("thresholds", "--measurement", measurement)
    let study = try assay.run("reproduce", "--config", "study.yaml")
    for stage in ["train", "attack fgsm", "measure clean", "measure fgsm", "thresholds fgsm"] {
      #expect(study.error.contains("\(stage): done before"))
    }
    #expect(study.error.contains("attack jsma: done in"))
  }
}
