import Foundation
import Interchange
import TestSupport
import Testing

/// What has to be there for models and images to go in and out: a database, a data set.
extension ExchangeCommandTests {
  @Test("what a model's record has needs no data set")
  func withoutData() throws {
    let model = try assay.onlyRun("train")
    let set = try assay.stage("attack", "fgsm")
    let asked: [[String]] = [
      ["models", "export", model, "-o", "%.safetensors"],
      ["models", "export", model, "-o", "%.onnx"],
      ["sets", "export", set, "-o", "%.npz"], ["predict", "--images", "set.npz", "-o", "%.npz"],
      ["gradients", "--images", "set.npz", "-o", "%.npz"],
    ]
    try run("sets", "export", set, "-o", "set.npz")
    for (number, arguments) in asked.enumerated() {
      let file = arguments[arguments.count - 1]
      func named(_ name: String) -> [String] {
        arguments.dropLast() + [file.replacing("%", with: "\(name)\(number)")]
      }
      let with = try result(of: named("with") + ["--config", "study.yaml", "--quiet"])
      #expect(with.status == 0, "\(arguments): \(with.error)")
      // The default data set is another one, and not there.
      let without = try result(of: named("without") + ["--data", "nowhere", "--quiet"])
      #expect(without.status == 0, "\(arguments): \(without.error)")
      if arguments[0] != "predict" {
        #expect(
          try data(file.replacing("%", with: "without\(number)"))
            == data(file.replacing("%", with: "with\(number)")))
      }
    }
  }

  @Test(
    "a model that recorded no image size says that it needs its data, and finds them by content")
  func unknownShape() throws {
    let model = try assay.onlyRun("train")
    _ = try assay.ask(
      "DROP TRIGGER artifact_update; DELETE FROM artifact WHERE name = 'data_shape';")
    let copy = assay.directory.url.appending(path: "moved")
    try FileManager.default.copyItem(at: URL(fileURLWithPath: dataset), to: copy)
    let picture = packageRoot.appending(path: "Tests/Fixtures/interchange/grey.png").path
    let asked = [
      ["models", "export", "-o", "a.onnx"], ["predict", "--images", picture],
      ["gradients", "--images", picture, "-o", "g.npz"],
    ]
    for arguments in asked {
      let lost = try result(of: arguments + ["--quiet"])
      #expect(lost.status == 66)
      #expect(lost.error.split(separator: "\n").count == 1)
      #expect(lost.error.contains(model.prefix(8)) && lost.error.contains("--dataset ./DIRECTORY"))
      let nowhere = try result(of: arguments + ["--quiet", "--dataset", "./nowhere"])
      #expect(nowhere.status == 66)
      #expect(nowhere.error.contains("nowhere lacks"))
      let found = try result(of: arguments + ["--quiet", "--dataset", "./moved"])
      #expect(found.status == 0, "\(found.error)")
    }
    let labels = copy.appending(path: "t10k-labels-idx1-ubyte.gz")
    let plain = copy.appending(path: "t10k-labels-idx1-ubyte").path
    _ = try TestSupport.run(
      "sh", ["-c", "{ gzip -dc '\(labels.path)' | head -c 507; printf '\\0'; } > '\(plain)'"])
    try FileManager.default.removeItem(at: labels)
    let changed = try result(of: asked[0] + ["--quiet", "--dataset", "./moved"])
    #expect(changed.status == 65)
    #expect(
      changed.error.contains("not the ones that the model was trained on"), "\(changed.error)")
  }

  @Test("a set goes to standard output under any name, and to a file that ends in .npz")
  func setOnStandardOutput() throws {
    let set = try assay.stage("attack", "fgsm")
    try run("sets", "export", set, "-o", "set.npz")
    let executable = try #require(Assay.executable)
    for place in ["-", "/dev/stdout"] {
      let written = try TestSupport.run(
        "sh",
        ["-c", "\"$0\" sets export $1 -o $2 -q | cmp - set.npz", executable, set, place],
        in: assay.directory.url)
      #expect(written.status == 0, "\(place): \(written.output) \(written.error)")
    }
    let refused = try result(of: ["sets", "export", set, "-o", "set.txt"])
    #expect(refused.status == 64 && refused.error.contains("set.txt"), "\(refused.error)")
  }

  @Test("commands that need a database make none")
  func noDatabase() throws {
    try Data("no model".utf8).write(to: assay.directory.url.appending(path: "text"))
    let files = try FileManager.default.contentsOfDirectory(atPath: assay.directory.path("."))
    for arguments in [
      ["models", "export", "-o", "a.onnx"], ["sets", "export", "3f2a", "-o", "a.npz"],
      ["sets", "import", "text", "--name", "a"], ["predict", "--images", "text"],
      ["gradients", "--images", "text", "-o", "a.npz"], ["attack", "fgsm"], ["measure"],
      ["measure", "--set", "3f2a"], ["thresholds"],
    ] {
      let result = try result(of: arguments + ["--db", "none.db"])
      #expect(result.status == 66)
      #expect(result.error.contains("there is no database none.db"))
      #expect(result.error.split(separator: "\n").count == 1)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: assay.directory.path(".")) == files)
    }
  }

  @Test("importing a model creates a database and says so, unless the model cannot be read")
  func firstDatabase() throws {
    try run("models", "export", "-o", "lenet.safetensors")
    try Data("no model".utf8).write(to: assay.directory.url.appending(path: "text"))
    let options = ["--config", "study.yaml", "--db", "new.db"]
    #expect(try result(of: ["models", "import", "text"] + options).status == 65)
    let rate = ["models", "import", "lenet.safetensors", "--dropout-rate", "2"]
    #expect(try result(of: rate + options).status == 65)
    let weights = try Safetensors.arrays(
      from: [UInt8](
        Data(contentsOf: assay.directory.url.appending(path: "lenet.safetensors"))), file: "")
    let incomplete = weights.filter { $0.key != "fc2.bias" }.map { (name: $0.key, array: $0.value) }
    try Data(Safetensors.bytes(of: incomplete)).write(
      to: assay.directory.url.appending(path: "incomplete"))
    #expect(try result(of: ["models", "import", "incomplete"] + options).status == 65)
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("new.db")))
    let first = try result(of: ["models", "import", "lenet.safetensors"] + options)
    #expect(first.status == 0)
    #expect(first.error.contains("created new.db"))
    let second = try result(of: ["models", "import", "lenet.safetensors"] + options)
    #expect(second.status == 0)
    #expect(!second.error.contains("created"))
  }
  /// Writes a .npz file of some of the first test images, with arrays of a number an image.
  private func write(
    _ order: [Int], _ columns: [(String, NumericArray)], to name: String
  ) throws {
    let first = try firstTestImages(3)
    let pixels = order.flatMap { first[$0 * 784..<($0 + 1) * 784] }
    let images = NumericArray(shape: [order.count, 28, 28], .uint8(pixels))
    let arrays: [(String, NumericArray)] = [("images", images)] + columns
    let bytes = try Npz.bytes(of: arrays, file: name)
    try Data(bytes).write(to: assay.directory.url.appending(path: name))
  }

  private func whole(_ values: [Int64]) -> NumericArray {
    NumericArray(shape: [values.count], .int64(values))
  }

  @Test("what files say of images must agree with the clean images")
  func contradictions() throws {
    typealias Columns = [(String, NumericArray)]
    let own: Columns = [("indices", whole([0, 2, 1]))]
    let doubled: Columns = [("indices", whole([0, 1, 1]))]
    let other: Columns = [("labels", whole([10, 10, 10]))]
    let mistakes: [(set: Columns, order: [Int], clean: Columns, fact: String)] = [
      (own, [0, 1, 2], [], "set.npz: 'indices' has 2 for image 1, which is test image 1 in clean"),
      (own, [0, 2, 2], [], "set.npz: 'indices' has 1 for image 2, which is test image 2 in clean"),
      (doubled, [0, 1, 2], [], "set.npz: 'indices' names test image 1 twice"),
      ([], [0, 1, 1], [], "clean.npz: 'images' has test image 1 twice"),
      ([], [0, 1, 2], other, "clean.npz: 'labels' has 10 for test image 0"),
    ]
    let arguments = [
      "sets", "import", "set.npz", "--clean", "clean.npz", "--name", "theirs", "--config",
      "study.yaml", "--quiet",
    ]
    for mistake in mistakes {
      try write([0, 1, 2], mistake.set, to: "set.npz")
      try write(mistake.order, mistake.clean, to: "clean.npz")
      let refused = try result(of: arguments)
      #expect(refused.status == 65)
      #expect(refused.error.contains(mistake.fact), "\(refused.error)")
    }
    try write([0, 2, 1], own, to: "set.npz")
    try write([0, 2, 1], [], to: "clean.npz")
    let agreeing = try result(of: arguments)
    #expect(agreeing.status == 0, "\(agreeing.error)")
    #expect(try assay.ask("SELECT max(linf) < 0.001 FROM adversarial_images;") == "1\n")
  }

  @Test("a command that needs the images alone takes any labels beside them, also by a pipe")
  func unneededLabels() throws {
    let executable = try #require(Assay.executable)
    let halves = NumericArray(shape: [3], .float32([0.5, 0.5, 0.5]))
    try write([0, 1, 2], [("labels", halves)], to: "images.npz")
    let named = try run("predict", "--images", "images.npz", "--passes", "2", "--format", "csv")
    let piped = try TestSupport.run(
      "sh",
      [
        "-c",
        "cat images.npz | \"$0\" predict --images - --passes 2 --config study.yaml --format csv -q",
        executable,
      ], in: assay.directory.url)
    #expect(piped.status == 0 && piped.output == named, "\(piped.error)")
    let refused = try result(of: ["gradients", "--images", "images.npz", "-o", "g.npz"])
    #expect(refused.status == 65 && refused.error.contains("'labels'"), "\(refused.error)")
  }
}
