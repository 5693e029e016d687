import Foundation
import Interchange
import TestSupport
import Testing

/// Reports of a model whose sets were attacked here and imported, without any study.
@Suite(.startsPrograms) struct ModelReportCommandTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .importedSet)
  }

  /// Our own numbers of a table about a set, by quantity.
  private func numbers(_ arguments: String..., of attack: String) throws -> [String: Double] {
    let result = try assay.run(["report"] + arguments + ["--format", "csv"])
    #expect(result.status == 0, "\(arguments): \(result.error)")
    let rows = result.output.split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    return Dictionary(
      uniqueKeysWithValues: rows.filter { $0[3] == attack }.compactMap { row in
        Double(row[6]).map { (String(row[4]), $0) }
      })
  }

  @Test("an imported set's numbers in Tables 1 to 3 are those that its images give")
  func numbers() throws {
    let model = try assay.onlyRun("train")
    let undefended = try assay.ask(
      """
      SELECT avg(deterministic_prediction = true_label) FROM detection_mixes
      WHERE attack = 'art-fgsm' AND part = 'selection';
      """)
    let one = try numbers("table1", "--model", model, of: "art-fgsm")
    #expect(abs((one["undefended_accuracy"] ?? .nan) - (Double(undefended.dropLast()) ?? 0)) < 1e-9)

    for name in ["paper", "heldout"] {
      // Algorithm 1, once more, on every image.
      let counted = try assay.ask(
        """
        WITH decided AS (
          SELECT
            is_adversarial, image.prediction = true_label AS is_correct,
            softmax_std < low_threshold
              OR (softmax_std <= high_threshold AND agreement >= agreement_threshold) AS is_clean
          FROM detection_mixes AS image
          JOIN detection_results AS detector ON detector.measurement = image.measurement
          WHERE image.attack = 'art-fgsm' AND kept AND part = 'selection' AND detector = 'hybrid'
            AND method = 'exact' AND measure = 'softmax_std' AND protocol = '\(name)'
        )
        SELECT
          sum(NOT is_adversarial AND NOT is_clean), sum(is_adversarial AND is_clean),
          sum(is_adversarial AND NOT is_clean), sum(NOT is_adversarial AND is_clean),
          avg(is_adversarial <> is_clean), avg(is_correct) FILTER (WHERE is_clean),
          avg(is_adversarial AND is_correct) FILTER (WHERE is_clean)
        FROM decided;
        """
      ).dropLast().split(separator: "|").compactMap { Double($0) }
      #expect(counted.count == 7)
      let two = try numbers("table2", "--model", model, "--protocol", name, of: "art-fgsm")
      let three = try numbers("table3", "--model", model, "--protocol", name, of: "art-fgsm")
      let reported = [
        two["clean_declared_adversarial"], two["adversarial_declared_clean"],
        two["adversarial_declared_adversarial"], two["clean_declared_clean"],
        two["detection_accuracy"], three["classification_accuracy"],
        three["adversarial_declared_clean_correct"],
      ].map { $0 ?? .nan }
      #expect(zip(reported, counted).allSatisfy { abs($0 - $1) < 1e-9 }, "\(reported) \(counted)")
      // The same images, attacked here.
      #expect(try numbers("table2", "--model", model, "--protocol", name, of: "fgsm") == two)
    }
  }

  @Test("an imported model is reported whole, though its training is not known")
  func importedModel() throws {
    let assay = try Assay(copyOf: .importedModel)
    let model = try assay.onlyRun("train")
    let attacked = try assay.stage("attack", "fgsm", "--model", model)
    #expect(try assay.run("sets", "export", attacked, "-o", "fgsm.npz").status == 0)
    let imported = try assay.stage(
      "sets", "import", "fgsm.npz", "--name", "art-fgsm", "--model", model)
    _ = try assay.stage(
      "thresholds", "--measurement", try assay.stage("measure", "--set", imported))
    for arguments in [[], ["--model", model]] {
      let result = try assay.run(["report", "--full"] + arguments)
      #expect(result.status == 0, "\(result.error)")
      for part in ["imported", "Table 3", "ART-FGSM", "Figure 1", "ROC"] {
        #expect(result.output.contains(part))
      }
    }
    // Names that headings and macros could not tell apart, or that are attacks' own.
    for name in ["FGSM", "bim", "bim_a", "Art-fgsm", "art.fgsm"] {
      let result = try assay.run(
        "sets", "import", "fgsm.npz", "--name", name, "--model", model, "--config", "study.yaml")
      #expect(result.status == 64 && result.error.contains("another name"), "\(result.error)")
    }
  }

  @Test("a model without a held-out half has a directory of what there is")
  func withoutHeldoutHalf() throws {
    let assay = try Assay(copyOf: .attacked)
    let model = try assay.onlyRun("train")
    try assay.succeed("sets", "export", try assay.onlyRun("attack"), "-o", "fgsm.npz")
    let arrays = try Npz.arrays(from: [UInt8](assay.data("fgsm.npz")), file: "fgsm.npz")
    guard let images = arrays["images"], case .float32(let pixels) = images.elements,
      case .int64(let indices) = arrays["indices"]?.elements
    else {
      Issue.record("the set lacks images or indices")
      return
    }
    let size = images.shape.dropFirst().reduce(1, *)
    let part = [
      (
        name: "images",
        array: NumericArray(
          shape: [60] + images.shape.dropFirst(), .float32(Array(pixels.prefix(60 * size))))
      ), (name: "indices", array: NumericArray(shape: [60], .int64(Array(indices.prefix(60))))),
    ]
    try Data(Npz.bytes(of: part, file: "part.npz")).write(
      to: assay.directory.url.appending(path: "part.npz"))
    let set = try assay.stage("sets", "import", "part.npz", "--name", "part")
    _ = try assay.stage("thresholds", "--measurement", try assay.stage("measure", "--set", set))
    let written = try assay.run(
      "report", "--model", model, "--protocol", "heldout", "-o", "results/")
    #expect(written.status == 0, "\(written.error)")
    let names = try FileManager.default.contentsOfDirectory(
      atPath: assay.directory.path("results"))
    #expect(names.contains("table1.csv") && names.contains("manifest.json"))
    #expect(!names.contains("table2.csv"))
    #expect(try assay.run("report", "--check", "results").status == 0)
  }

  @Test("without a study the newest model with thresholds is reported, which the heading says")
  func report() throws {
    let model = try assay.onlyRun("train")
    let imported = try assay.ask("SELECT run FROM adversarial_sets WHERE attack = 'art-fgsm';")
      .trimmingCharacters(in: .newlines)
    let digits = String(model.prefix(8))
    let summary = try assay.run("report")
    #expect(summary.output.hasPrefix("Model \(digits): LeNet on mnist-sample, seed 0; "))
    #expect(summary.output.contains("The database has no study; "))
    let text = try assay.run("report", "--full")
    #expect(text.status == 0)
    #expect(
      text.output.hasPrefix(
        "Model \(digits): LeNet on mnist-sample, trained with seed 0; sets: fgsm, art-fgsm (imported)\n"
          + "The database has no study; "))
    for part in ["Table 1", "FGSM", "ART-FGSM", "Figure 1"] { #expect(text.output.contains(part)) }
    #expect(!text.output.contains("the reproduction's"))

    for (arguments, status, words) in [
      (["seeds", "--model", digits], 64, "one seed"),
      (["--study", digits], 64, "of kind train"), (["--model", imported], 64, "of kind attack"),
      (["--model", digits, "--study", digits], 64, "name one of --study, --model"),
      (["--check", "results", "--model", digits], 64, "name no more"),
    ] as [([String], Int32, String)] {
      let result = try assay.run(["report"] + arguments)
      #expect(result.status == status, "\(arguments)")
      #expect(result.error.hasPrefix("assay: ") && result.error.contains(words), "\(result.error)")
    }

    let offered = try assay.run(
      "---completion", "report", "--", "--model", "3", "0", "assay", "report", "--model", "")
    #expect(offered.output.contains(digits))
  }

  @Test("sets whose numbers would have the same macro are told before anything is written")
  func sameMacro() throws {
    let changed = try assay.ask(
      """
      DROP TRIGGER adversarial_set_is_final;
      UPDATE adversarial_set SET attack = 'art_fgsm' WHERE attack = 'fgsm';
      SELECT changes();
      """)
    #expect(changed.contains("1"))
    let result = try assay.run("report", "-o", "results/")
    #expect(result.status == 65 && result.error.contains("would have the macro \\assayArtFgsm"))
    #expect(
      result.error.contains("assay runs delete RUN --with-descendants"), "\(result.error)")
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("results")))
  }

  @Test("a model without measurements is not reported, and the line says what is missing")
  func nothingToReport() throws {
    let assay = try Assay(copyOf: .training)
    let nothing = try assay.run("report")
    #expect(nothing.status == 66 && nothing.error.contains("assay thresholds"))
    let model = try assay.onlyRun("train")
    let refused = try assay.run("report", "--model", String(model.prefix(8)))
    #expect(refused.status == 66 && refused.error.contains("assay measure --set RUN"))
    #expect(refused.error.split(separator: "\n").count == 1)
  }

  @Test("a directory says whose model it is about, and is checked against that")
  func directory() throws {
    let model = try assay.onlyRun("train")
    let digits = String(model.prefix(8))
    let fixtures = packageRoot.appending(path: "Tests/Fixtures").path
    let written = try assay.run("report", "--model", digits, "-o", "results/", "--data", fixtures)
    #expect(written.status == 0 && written.error == "wrote results/\n", "\(written.error)")
    let manifest = try JSONSerialization.jsonObject(
      with: assay.data("results/manifest.json"))
    #expect((manifest as? [String: Any])?["model"] as? String == model)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: assay.directory.path("results"))
    #expect(names.contains("gallery.png") && names.contains("training.svg"))
    #expect(!names.contains("seeds.csv"))
    let checked = try assay.run("report", "--check", "results", "--data", fixtures)
    #expect(checked.status == 0 && checked.output.contains("files checked, no number differs"))
    let page = try assay.text("results/report.html")
    #expect(page.contains("<span>Model \(digits)</span>") && page.contains("ART-FGSM"))
  }
}
