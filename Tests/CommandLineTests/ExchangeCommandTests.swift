import Foundation
import TestSupport
import Testing

/// Models and images in and out, on a study that takes seconds.
@Suite(.startsPrograms) struct ExchangeCommandTests {
  let assay: Assay
  let dataset = Assay.sample

  init() throws {
    assay = try Assay(copyOf: .training)
  }

  /// Runs a command that succeeds and gives its output.
  @discardableResult
  func run(_ arguments: String...) throws -> String {
    let result = try assay.run(arguments + ["--config", "study.yaml", "--quiet"])
    #expect(result.status == 0, "\(arguments): \(result.error)")
    return result.output
  }

  /// What a command gives that may fail.
  func result(of arguments: [String]) throws -> ProgramResult {
    try assay.run(arguments)
  }

  func data(_ name: String) throws -> Data { try assay.data(name) }

  @Test("a model that goes out and comes back is the same to the bit, and importing twice is once")
  func model() throws {
    let trained = try assay.onlyRun("train")
    try run("models", "export", trained, "-o", "lenet.safetensors")
    try run("models", "export", trained, "-o", "lenet.onnx")
    let imported = try assay.stage("models", "import", "lenet.safetensors", "--name", "back")
    #expect(imported != trained)
    #expect(try assay.stage("models", "import", "lenet.safetensors") == imported)
    try run("models", "export", imported, "-o", "again.safetensors")
    #expect(try data("again.safetensors") == data("lenet.safetensors"))
    #expect(
      try assay.ask(
        "SELECT count(*), count(DISTINCT sha256) FROM artifacts WHERE name = 'weights';")
        == "2|1\n")
    #expect(
      try assay.ask("SELECT count(DISTINCT test_accuracy) FROM training_runs;") == "1\n")
    // What an imported model reaches is compared as what a trained one does.
    let compared = try assay.run(
      "runs", "compare", trained, imported, "--all", "--format", "csv"
    ).output.split(separator: "\r\n").first { $0.hasPrefix("result,test_accuracy,") }
    let accuracies = try #require(compared).split(separator: ",").dropFirst(2)
    #expect(accuracies.count == 2 && Set(accuracies).count == 1)
    let list = try assay.run("models", "list").output
    #expect(list.contains("imported") && list.contains("back") && list.contains("trained"))

    // What an attack does depends on the weights alone.
    try run("attack", "fgsm", "--model", trained)
    try run("attack", "fgsm", "--model", imported)
    #expect(
      try assay.ask(
        "SELECT count(*), count(DISTINCT pixels) FROM adversarial_image_pixels GROUP BY image_index LIMIT 1;"
      ) == "2|1\n")
  }

  @Test("an imported set gets norms, uncertainties and thresholds as an attack's own does")
  func set() throws {
    let model = try assay.onlyRun("train")
    let attacked = try assay.stage("attack", "jsma", "--gamma", "0.02")
    try run("sets", "export", attacked, "-o", "jsma.npz")
    let imported = try assay.stage("sets", "import", "jsma.npz", "--name", "elsewhere")
    #expect(try assay.stage("sets", "import", "jsma.npz", "--name", "elsewhere") == imported)
    try run("sets", "export", imported, "-o", "again.npz")
    #expect(try data("again.npz") == data("jsma.npz"))
    let rows = """
      SELECT image_index, true_label, target_label, prediction, success, iterations, l0, quote(l2),
        quote(linf) FROM adversarial_images WHERE attack = '%' ORDER BY image_index;
      """
    let ours = try assay.ask(rows.replacing("%", with: "jsma"))
    #expect(ours.split(separator: "\n").count == 250)
    #expect(try assay.ask(rows.replacing("%", with: "elsewhere")) == ours)

    for set in [attacked, imported] {
      let measurement = try assay.stage("measure", "--set", set)
      _ = try assay.stage("thresholds", "--measurement", measurement)
    }
    #expect(
      try assay.ask(
        """
        SELECT count(*) > 10, count(*) = 2 * count(DISTINCT protocol || method || detector || measure
          || quote(low_threshold) || quote(high_threshold) || detection_accuracy)
        FROM detection_results;
        """) == "1|1\n")

    // Predicting gives what was measured.
    try run("predict", "--model", model, "--images", "jsma.npz", "--passes", "12", "-o", "out.npz")
    let table = try run(
      "predict", "--model", model, "--images", "jsma.npz", "--passes", "12", "--format", "csv")
    let measured = try assay.ask(
      """
      SELECT image_index || ',' || prediction || ',' || deterministic_prediction FROM
        image_uncertainties WHERE attack = 'jsma' ORDER BY image_index;
      """)
    let predicted = table.split(separator: "\r\n").dropFirst().map {
      $0.split(separator: ",").prefix(3).joined(separator: ",")
    }
    #expect(predicted == measured.split(separator: "\n").map(String.init))
    #expect(table.contains(",adversarial\r\n") && table.contains(",clean\r\n"))
    for (passes, isSame) in [("12", true), ("3", false)] {
      let result = try assay.run(
        "predict", "--model", model, "--images", "jsma.npz", "--passes", passes, "-o", "other.npz")
      #expect(result.error.contains("--passes 12 --crop-side 24") == !isSame, "\(result.error)")
    }

    try run("gradients", "--model", model, "--images", "jsma.npz", "-o", "gradients.npz")
    #expect(try data("gradients.npz").count > 250 * 784 * 4 * 11)

    // The tables have it without a study.
    let detectors = try assay.run(
      "query", "detectors", "--attack", "elsewhere", "--detector", "hybrid", "--format", "csv")
    let listed = detectors.output.split(separator: "\r\n")
    #expect(listed.count > 3 && listed.dropFirst().allSatisfy { $0.contains(",elsewhere,") })
    let chosen = try run("thresholds")
    #expect(chosen.contains("Detectors\n") && chosen.contains("agreement_threshold"))
    let shown = try assay.run("runs", "show", imported).output
    #expect(shown.contains("Adversarial set\n") && shown.contains("mean_linf"))
  }

  @Test("images without indices are found by the clean ones; a set without held-out images serves")
  func clean() throws {
    // The first test images, as bytes, in another order; the set is their negatives.
    let first = try firstTestImages(40)
    let order = Array((0..<40).reversed())
    let pixels = order.flatMap { first[$0 * 784..<($0 + 1) * 784] }
    try npy(pixels).write(to: assay.directory.url.appending(path: "clean.npy"))
    try npy(pixels.map { 255 - $0 }).write(to: assay.directory.url.appending(path: "set.npy"))
    let refused = try assay.run(
      "sets", "import", "set.npy", "--name", "negative", "--config", "study.yaml", "--quiet")
    #expect(refused.status == 65)
    #expect(refused.error.contains("--clean"))
    let set = try assay.stage(
      "sets", "import", "set.npy", "--clean", "clean.npy", "--name", "negative")
    #expect(
      try assay.ask(
        """
        SELECT count(*), max(image_index), min(linf) > 0.9, min(l0) > 600
        FROM adversarial_images WHERE run = '\(set)';
        SELECT DISTINCT method, part FROM selected_images;
        """) == "40|39|1|1\ngiven|selection\n")
    let measurement = try assay.stage("measure", "--set", set)
    _ = try assay.stage("thresholds", "--measurement", measurement)
    #expect(
      try assay.ask("SELECT DISTINCT protocol FROM detection_results;") == "paper\n")
  }

  private func npy(_ pixels: [UInt8]) -> Data {
    let header =
      "{'descr': '|u1', 'fortran_order': False, 'shape': (\(pixels.count / 784), 28, 28), }"
    let padded = header + String(repeating: " ", count: 127 - 10 - header.count) + "\n"
    return Data(
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(padded.count), 0] + Array(padded.utf8) + pixels)
  }

  /// The pixels of the first test images, one after the other.
  func firstTestImages(_ count: Int) throws -> [UInt8] {
    let file = dataset + "/t10k-images-idx3-ubyte.gz"
    let path = assay.directory.path("images.idx")
    _ = try TestSupport.run("sh", ["-c", "gzip -dc '\(file)' > '\(path)'"])
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)).dropFirst(16).prefix(count * 784))
  }

  @Test("files that do not fit are refused in one line, and nothing is recorded")
  func refused() throws {
    let model = try assay.onlyRun("train")
    try run("models", "export", model, "-o", "lenet.safetensors")
    let whole = try data("lenet.safetensors")
    try whole.prefix(whole.count - 1).write(to: assay.directory.url.appending(path: "short"))
    try Data("no model".utf8).write(to: assay.directory.url.appending(path: "text"))
    let fixtures = packageRoot.appending(path: "Tests/Fixtures/interchange").path
    let before = try assay.ask("SELECT count(*) FROM runs;")
    let mistakes: [(arguments: [String], status: Int32, mention: String)] = [
      (["models", "import", "none.safetensors"], 66, "none.safetensors"),
      (["models", "import", "short"], 65, "outside of the file"),
      (["models", "import", "text"], 65, "safetensors"),
      (["models", "import", "."], 66, "."),
      (["models", "import", fixtures + "/arrays.safetensors"], 65, "conv1.weight"),
      (["models", "import", "lenet.safetensors", "--dropout-sites", "conv1"], 65, "dropout_sites"),
      (["models", "import", "lenet.safetensors", "--dropout-rate", "1"], 65, "dropout_rate"),
      (["models", "import", "lenet.safetensors", "--architecture", "resnet"], 65, "resnet"),
      (["models", "export", "-o", "lenet.bin"], 64, ".safetensors"),
      (["models", "export", "-o", "nowhere/lenet.onnx"], 74, "nowhere"),
      (["sets", "export", model, "-o", "a.npz"], 64, "attack"),
      (["sets", "import", "text", "--name", "a"], 65, ".npy"),
      (["sets", "import", "text", "--name", "a b"], 64, "--name"),
      (["sets", "import", "text", "--name", "日本語"], 64, "ASCII letters"),
      (["sets", "import", "text", "--name", "fgsm"], 64, "art-fgsm"),
      (["sets", "import", fixtures + "/float32.npy", "--name", "a"], 65, "[images, 1, 28, 28]"),
      (["sets", "import", fixtures + "/packed.npz", "--name", "a"], 65, "'images'"),
      (["predict", "--images", fixtures + "/float64.npy"], 65, "[2, 3, 4]"),
      (["predict", "--images", fixtures + "/palette.png"], 65, "grey"),
      (["predict", "--images", fixtures + "/grey.png", "--thresholds", model], 64, "thresholds"),
      (["gradients", "--images", "none.npy", "-o", "g.npz"], 66, "none.npy"),
    ]
    for mistake in mistakes {
      let result = try result(of: mistake.arguments + ["--config", "study.yaml", "--quiet"])
      #expect(result.status == mistake.status, "\(mistake.arguments): \(result.error)")
      let lines = result.error.split(separator: "\n")
      #expect(
        lines.first?.contains(mistake.mention) == true, "\(mistake.arguments): \(result.error)")
      #expect(lines.count == 1 || (lines.count == 2 && lines[1].contains("--help")))
      #expect(result.output.isEmpty)
    }
    #expect(try assay.ask("SELECT count(*) FROM runs;") == before)
  }

  @Test("a picture is classified")
  func picture() throws {
    let picture = packageRoot.appending(path: "Tests/Fixtures/interchange/grey.png").path
    let output = try run("predict", "--images", picture)
    #expect(output.contains("No verdicts"))
    #expect(output.split(separator: "\n").count == 4)
  }
}
