import Foundation
import TestSupport
import Testing

/// Models that a program of its own serves, from adding one to its results.
@Suite(.startsPrograms) struct ServedModelTests {
  private static let program = packageRoot.appending(path: "Tests/Fixtures/models/linear.py").path

  let assay: Assay

  init() throws {
    assay = try Assay()
    try assay.write(
      """
      dataset: \(Assay.sample)
      selection: {size: 40, heldout_size: 40}
      measurement: {passes: 4}
      detection: {measures: [softmax_std, margin]}

      """, to: "study.yaml")
  }

  /// The words of a command that serves a model of the tests' images.
  private func serve(_ settings: String...) -> [String] {
    ["--", "python3", "-B", Self.program, "centroids=\(Assay.sample)"] + settings
  }

  /// Adds a model to a database.
  @discardableResult
  private func add(_ settings: String..., to database: String = "assay.db") throws -> ProgramResult
  {
    let result = try assay.run(
      ["models", "add", "centroids", "--config", "study.yaml", "--quiet", "--db", database]
        + serve() + settings)
    #expect(result.status == 0, "\(result.error)")
    return result
  }

  private func attack(_ options: String..., to database: String = "assay.db") throws
    -> ProgramResult
  {
    try assay.run(
      [
        "attack", "bim-a", "--model", "centroids", "--iterations", "3", "--config", "study.yaml",
        "--quiet", "--db", database,
      ] + options)
  }

  private static let images = """
    SELECT image_index, prediction, success, iterations, l0, l2, linf, hex(pixels)
    FROM adversarial_images JOIN adversarial_image_pixels USING (adversarial_set, image_index)
    ORDER BY image_index;
    """

  @Test("a served model is attacked, measured and judged like any other")
  func wholeWay() throws {
    try add()
    #expect(
      try assay.ask(
        """
        SELECT architecture, origin, test_accuracy > 0.6, served_name, layout, capabilities,
          default_layer, is_deterministic
        FROM training_runs JOIN served_models USING (model);
        """) == "served|served|1|linear|channels_first|gradient,draws,features|input|1\n")
    let attacked = try attack()
    #expect(attacked.status == 0, "\(attacked.error)")
    let set = try assay.onlyRun("attack")
    #expect(try assay.ask("SELECT success_rate > 0.2 FROM adversarial_sets;") == "1\n")
    let measured = try assay.run(
      "measure", "--set", set, "--config", "study.yaml", "--quiet", "--measures",
      "softmax_variance")
    #expect(measured.status == 0, "\(measured.error)")
    #expect(
      try assay.ask("SELECT count(*), min(softmax_std) > 0 FROM image_uncertainties;") == "160|1\n")
    #expect(try assay.run("thresholds", "--config", "study.yaml", "--quiet").status == 0)
  }

  @Test("adding a model again finds its run, and has it started by the new command")
  func again() throws {
    try add()
    let first = try assay.onlyRun("train")
    try add("batch=16")
    #expect(try assay.onlyRun("train") == first)
    let command = try assay.ask("SELECT served_command FROM served_models;")
    #expect(command.contains("batch=16"))
    #expect(try assay.run("db", "info").status == 0)
  }

  @Test("an attack whose model dies keeps its chunks, and is resumed to the same images")
  func resume() throws {
    try add("batch=16", to: "whole.db")
    #expect(try attack("--model-processes", "2", to: "whole.db").status == 0)
    let once = assay.directory.path("once")
    try add("batch=16", "fault=dies:gradient", "after=20", "once=\(once)", to: "broken.db")
    let broken = try attack(to: "broken.db")
    try #require(broken.status == 74, "\(broken.error)")
    #expect(broken.error.split(separator: "\n").count == 1)
    #expect(broken.error.contains("ended with status 3 before it had answered 'gradient'"))
    let done = try assay.ask(
      "SELECT progress_done FROM runs WHERE kind = 'attack';", of: "broken.db")
    let images = try #require(Int(done.trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect((16..<80).contains(images))
    let resumed = try attack(to: "broken.db")
    #expect(resumed.status == 0, "\(resumed.error)")
    #expect(
      try assay.ask(Self.images, of: "broken.db") == assay.ask(Self.images, of: "whole.db"))
  }

  @Test("a model that hangs or does not fit ends with one line and leaves the record as it was")
  func faults() throws {
    let cases: [(settings: [String], status: Int32, text: String)] = [
      (["fault=hangs", "after=1"], 75, "took longer than 3 s to answer 'logits'"),
      (["fault=prints"], 65, "print to standard error instead"),
      (["fault=nan"], 65, "not finite numbers"),
      (["shape=1,32,32"], 65, "takes images [height, width, channels] [32, 32, 1]"),
      (["layout=channels_last"], 65, "the other layout"),
      (["classes=12"], 65, "has 12 classes"),
    ]
    for (settings, status, text) in cases {
      let result = try assay.run(
        [
          "models", "add", "wrong", "--config", "study.yaml", "--quiet", "--model-timeout", "3",
          "--", "python3", "-B", Self.program,
        ] + settings)
      #expect(result.status == status, "\(settings): \(result.error)")
      #expect(result.error.contains(text), "\(result.error)")
      #expect(result.error.split(separator: "\n").count == 1)
    }
    #expect(try assay.ask("SELECT count(*) FROM served_models;") == "0\n")
  }

  @Test("commands that classify by a model have options for its processes, and no others have")
  func options() throws {
    func hasOptions(_ words: String...) throws -> Bool {
      try assay.run(words + ["--help"]).output.contains("--model-processes")
    }
    for command in ["attack", "measure", "predict", "gradients"] {
      #expect(try hasOptions(command), "\(command)")
    }
    #expect(try hasOptions("models", "add") && hasOptions("sets", "import"))
    for command in ["train", "thresholds", "reproduce"] {
      #expect(try !hasOptions(command), "\(command)")
    }
    #expect(try !hasOptions("import", "csv") && !hasOptions("detectors", "fit"))
    #expect(try !hasOptions("sweep", "run") && !hasOptions("scores", "import"))
  }

  @Test("what a model lacks is said before work begins")
  func capabilities() throws {
    try add("declare=features")
    let result = try attack()
    #expect(result.status == 64)
    #expect(result.error.contains("gives no gradients"), "\(result.error)")
  }

  @Test("serve-check tells programs that speak the protocol from others")
  func check() throws {
    let good = try assay.run(
      "models", "serve-check", "--format", "json", "--", "python3", "-B", Self.program,
      "shape=3,4,2")
    #expect(good.status == 0, "\(good.error)")
    #expect(!good.output.contains("failed"))
    let bad = try assay.run(
      "models", "serve-check", "--", "python3", "-B", Self.program, "shape=3,4,2",
      "fault=sign:gradient")
    #expect(bad.status == 65 && bad.output.contains("disagrees with finite differences"))
    #expect(bad.error.contains("1 of 10 checks failed"))
    #expect(try assay.run("models", "serve-check").status == 64)
    let missing = try assay.run("models", "serve-check", "--", "./no-such-program")
    #expect(missing.status == 66 && missing.error.contains("no-such-program"))
  }
}
