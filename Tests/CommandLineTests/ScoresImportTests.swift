import Foundation
import Interchange
import TestSupport
import Testing

/// Scores that other programs made, by the command.
@Suite(.startsPrograms) struct ScoresImportTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
  }

  private func write(_ arrays: [(String, NumericArray)], to name: String = "scores.npz") throws {
    let bytes = try Npz.bytes(of: arrays, file: name)
    try Data(bytes).write(to: assay.directory.url.appending(path: name))
  }

  private func whole(_ values: [Int]) -> NumericArray {
    NumericArray(shape: [values.count], .int64(values.map(Int64.init)))
  }

  private func numbers(_ values: [Double]) -> NumericArray {
    NumericArray(shape: [values.count], .float64(values))
  }

  /// Twenty clean images and their partners; the score of an adversarial one is 10 higher.
  private var arrays: [(String, NumericArray)] {
    let indices = Array(0..<20) + Array(0..<20)
    let adversarial = indices.indices.map { $0 < 20 ? 0 : 1 }
    return [
      ("labels", whole(indices.map { $0 % 10 })),
      ("predictions", whole(indices.map { $0 == 3 ? 9 : $0 % 10 })),
      ("adversarial", whole(adversarial)), ("index", whole(indices)),
      ("heldout", whole(indices.map { $0 % 2 })),
      ("distance", numbers(zip(indices, adversarial).map { Double($0 + 100 * $1) })),
      (
        "confidence",
        NumericArray(
          shape: [40], .float32(adversarial.map { $0 == 1 ? 0.2 : 0.9 }))
      ),
      ("smoothed", whole(zip(indices, adversarial).map { ($0 + $1) % 10 })),
    ]
  }

  private func replacing(_ name: String, by array: NumericArray) -> [(String, NumericArray)] {
    arrays.map { $0.0 == name ? (name, array) : $0 }
  }

  private func importing(_ more: String...) throws -> ProgramResult {
    try assay.run(
      ["scores", "import", "scores.npz", "--model", "resnet", "--attack", "pgd", "--quiet"] + more)
  }

  @Test("scores of a model that Assay has are of its data, so that they are reported with its sets")
  func knownModel() throws {
    let assay = try Assay(copyOf: .attacked)
    try Data(try Npz.bytes(of: arrays, file: "scores.npz")).write(
      to: assay.directory.url.appending(path: "scores.npz"))
    let model = try assay.onlyRun("train")
    let words = [
      "scores", "import", "scores.npz", "--model", model, "--attack", "pgd", "--quiet",
    ]
    let refused = try assay.run(words + ["--dataset", "imagenet"])
    #expect(refused.status == 64)
    #expect(
      refused.error.hasSuffix("not of imagenet; leave --dataset out\n")
        && refused.error.hasPrefix("assay: model \(model.prefix(8)) is of data set "),
      "\(refused.error)")
    try #require(try assay.run(words).status == 0)
    try assay.succeed("thresholds", "--measures", "distance", "--quiet")
    let report = try assay.run("report", "--model", model)
    #expect(report.status == 0, "\(report.error)")
    #expect(report.output.contains("\nPGD "), "\(report.output)")
  }

  @Test("a score of two values has exact thresholds, and none by information gain, beside votes")
  func twoValues() throws {
    let flags = (0..<40).map { $0 < 20 ? 0.0 : 1 }
    try write(arrays + [("flag", numbers(flags))])
    #expect(try importing("--voter-set", "theirs").status == 0)
    let result = try assay.run("thresholds", "--measures", "flag", "--voters", "theirs")
    #expect(result.status == 0, "\(result.error)")
    #expect(result.error.contains("left out: thresholds by information gain"), "\(result.error)")
    #expect(
      try assay.ask(
        """
        SELECT DISTINCT method, detector FROM threshold_result ORDER BY detector;
        SELECT sum(adversarial_declared_clean_correct + adversarial_declared_clean_incorrect
          + clean_declared_adversarial)
        FROM threshold_result WHERE detector = 'uncertainty';
        """) == "exact|crops\nexact|hybrid\nexact|uncertainty\n0\n")
  }

  @Test("scores of a model that Assay never saw get thresholds, areas and detectors, once each")
  func whole() throws {
    try write(arrays)
    let first = try importing("--low", "confidence", "--voter-set", "theirs")
    #expect(first.status == 0, "\(first.error)")
    let runs = try assay.ask("SELECT count(*) FROM runs;")
    let again = try importing("--low", "confidence", "--voter-set", "theirs")
    #expect(again.status == 0 && again.output == first.output)
    #expect(try assay.ask("SELECT count(*) FROM runs;") == runs)
    #expect(
      try assay.ask(
        """
        SELECT count(*), count(DISTINCT measurement) FROM image_scores;
        SELECT orientation FROM measures WHERE measure = 'confidence';
        SELECT name, architecture FROM training_runs JOIN runs USING (run);
        """) == "80|2\nlow\nresnet|external\n")
    let auroc = try assay.run(
      "query", "auroc", "--measure", "distance", "--part", "selection", "--format", "csv")
    #expect(auroc.output.contains("pgd"), "\(auroc.error)")
    for arguments in [
      ["thresholds", "--measures", "all"],
      ["thresholds", "--measures", "distance", "--voters", "theirs"],
      [
        "detectors", "fit", "logistic", "--measures", "all", "--voters", "all", "--on", "heldout",
        "--name", "joint",
      ], ["detectors", "apply", "joint"],
    ] {
      let result = try assay.run(arguments + ["--quiet"])
      #expect(result.status == 0, "\(arguments): \(result.error)")
    }
    // The image that the model gets wrong counts in neither half.
    #expect(
      try assay.ask(
        """
        SELECT part, detection_accuracy, images FROM detector_results ORDER BY part;
        SELECT count(*) FROM detection_results WHERE voter_set = 'theirs';
        SELECT DISTINCT detector FROM detection_results WHERE voter_set = 'crops';
        """
      ).hasPrefix("heldout|1.0|18\nselection|1.0|20\n"))
    #expect(try assay.run("runs", "list").output.contains("pgd"))
    // One voter agrees or does not, and that one is asked.
    let map = try assay.run("report", "thresholds")
    #expect(map.status == 0 && map.output.contains(">C = 1<"), "\(map.error)")

    // Another measure of the same images is added; another value is refused.
    try write(arrays + [("second", numbers(Array(repeating: 0.5, count: 40)))])
    #expect(try importing("--low", "confidence").status == 0)
    try write(replacing("distance", by: numbers(Array(repeating: 1, count: 40))))
    let other = try importing("--low", "confidence")
    #expect(other.status == 65 && other.error.contains("distance"), "\(other.error)")
    try write(arrays)
    let high = try importing()
    #expect(high.status == 65 && high.error.contains("--low"), "\(high.error)")
  }

  @Test("nothing here attacks, measures or exports what is only known by name")
  func external() throws {
    try write(arrays)
    #expect(try importing().status == 0)
    let model = try assay.onlyRun("train")
    for arguments in [
      ["attack", "fgsm", "--model", model], ["measure", "--model", model],
      ["models", "export", model, "-o", "a.onnx"],
      ["measure", "--measures", "energy", "--set", "all"],
      ["sets", "export", try assay.onlyRun("attack"), "-o", "a.npz"],
    ] {
      let result = try assay.run(arguments + ["--quiet"])
      #expect(result.status == 65, "\(arguments): \(result.status) \(result.error)")
      #expect(result.error.split(separator: "\n").count == 1, "\(arguments): \(result.error)")
    }
  }

  @Test("arrays that hold no numbers are left out by name, unless they are needed")
  func withoutNumbers() throws {
    /// Adds members to the file: a name and what its header says of the type.
    func add(_ members: String) throws {
      let program = """
        import struct, zipfile
        archive = zipfile.ZipFile('scores.npz', 'a')
        for name, kind in \(members):
          header = ("{'descr': %s, 'fortran_order': False, 'shape': (40,), }" % kind).encode()
          start = b'\\x93NUMPY\\x01\\x00' + struct.pack('<H', len(header))
          archive.writestr(name, start + header if kind else b'notes')
        archive.close()
        """
      let result = try TestSupport.run("python3", ["-c", program], in: assay.directory.url)
      try #require(result.status == 0, "\(result.error)")
    }
    try write(arrays)
    try add(
      """
      [('words.npy', "'<U2'"), ('objects.npy', "'|O'"), ('dates.npy', "'<M8[ns]'"),
       ('records.npy', "[('a', '<f4'), ('b', '<f4')]"), ('notes.txt', '')]
      """)
    let result = try assay.run(
      "scores", "import", "scores.npz", "--model", "resnet", "--attack", "pgd")
    #expect(result.status == 0, "\(result.error)")
    #expect(
      result.error.contains(
        "left out, since they hold no numbers: words, objects, dates, records, notes.txt"),
      "\(result.error)")
    #expect(try assay.ask("SELECT count(DISTINCT measure) FROM image_scores;") == "2\n")
    try write(arrays.filter { $0.0 != "labels" })
    try add("[('labels.npy', \"'<U2'\")]")
    let needed = try importing()
    #expect(needed.status == 65 && needed.error.contains("'<U2'"), "\(needed.error)")
  }

  @Test("images without partners all count, and a part of them is held out")
  func withoutPartners() throws {
    try write(arrays.filter { !["index", "heldout"].contains($0.0) })
    #expect(try importing("--heldout", "0.25").status == 0)
    #expect(
      try assay.ask(
        """
        SELECT count(DISTINCT image_index) FROM image_scores;
        SELECT part, count(*) FROM selected_image GROUP BY part;
        """) == "40\nheldout|10\nselection|30\n")
    let result = try assay.run("thresholds", "--measures", "distance", "--quiet")
    #expect(result.status == 0, "\(result.error)")
    let summary = try assay.run("report").output
    #expect(summary.contains("\nDetection without votes, ") && summary.contains("\nPGD "))
    #expect(summary.contains("; assay report ablations") && !summary.contains("table2"))
    let votes = try assay.run("report", "table2")
    #expect(votes.status == 66 && votes.error.contains("go without votes; the measures alone: "))
  }

  @Test("a file that is wrong is refused in a line, and leaves no database behind")
  func wrongFiles() throws {
    let nan = numbers([.nan] + Array(repeating: 0, count: 39))
    let cases: [(arrays: [(String, NumericArray)], mention: String)] = [
      (replacing("distance", by: nan), "'distance' has nan at row 0"),
      (replacing("distance", by: numbers([1])), "'distance' has the shape [1]; expected: [40]"),
      (replacing("labels", by: numbers(Array(repeating: 0.5, count: 40))), "'labels' is of type"),
      (replacing("adversarial", by: whole(Array(repeating: 2, count: 40))), "it is 0 or 1"),
      (replacing("adversarial", by: whole(Array(repeating: 0, count: 40))), "no adversarial"),
      (replacing("index", by: whole(Array(repeating: 7, count: 40))), "image 7 twice"),
      (replacing("index", by: whole(Array(repeating: -1, count: 40))), "has -1"),
      (arrays.filter { $0.0 != "predictions" }, "has no 'predictions'"),
      (Array(arrays.prefix(5)), "a measure or a voter"),
      (arrays + [("a\u{1B}[31m", nan)], #"'a\x1b[31m' is no name"#),
      (arrays + [("a,b", nan)], "'a,b' is no name"),
      (
        arrays + [
          ("table", NumericArray(shape: [40, 1], .float64(Array(repeating: 0, count: 40))))
        ],
        "[40, 1]"
      ),
      (replacing("heldout", by: whole((0..<40).map { $0 / 20 })), "its partner in the other"),
    ]
    for (arrays, mention) in cases {
      try write(arrays)
      let result = try importing()
      #expect(result.status == 65, "\(mention): \(result.error)")
      #expect(result.error.contains(mention), "\(mention): \(result.error)")
      #expect(!result.error.contains("\u{1B}"))
    }
    try write(arrays)
    let mistakes: [(arguments: [String], status: Int32, mention: String)] = [
      (["--low", "confidense"], 64, "did you mean confidence?"),
      (["--heldout", "2"], 64, "--heldout"),
      (["--voter-set", "crops"], 64, "crops"), (["--attack", "a b"], 64, "--attack"),
    ]
    for mistake in mistakes {
      let result = try assay.run(
        ["scores", "import", "scores.npz", "--model", "resnet", "--attack", "pgd"]
          + mistake.arguments)
      #expect(result.status == mistake.status, "\(mistake.arguments): \(result.error)")
      #expect(result.error.contains(mistake.mention), "\(mistake.arguments): \(result.error)")
    }
    try write(arrays.filter { $0.0 != "smoothed" })
    let voterless = try importing("--voter-set", "theirs")
    #expect(voterless.status == 64)
    #expect(voterless.error.contains("scores.npz has no voters"), "\(voterless.error)")
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("assay.db")))
    // A name that means something here is known once the database is looked at.
    for name in ["energy", "softmax_std", "bit_depth_1_l1"] {
      try write(arrays + [(name, numbers(Array(repeating: 0, count: 40)))])
      let result = try importing()
      #expect(result.status == 64 && result.error.contains(name), "\(result.error)")
    }
  }
}
