import Foundation
import TestSupport
import Testing

/// Which images a model is attacked and measured on.
@Suite(.startsPrograms) struct ModelSelectionTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
    try assay.write(Assay.configuration, to: "study.yaml")
  }

  private func attack(_ arguments: [String]) throws -> (result: ProgramResult, images: String) {
    let result = try TestSupport.run(
      Assay.executable ?? "assay", ["attack", "fgsm"] + arguments + ["--format", "json"],
      in: assay.directory.url, environment: [:])
    let images = try assay.ask(
      """
      SELECT image_count FROM adversarial_sets JOIN runs USING (run)
      ORDER BY created DESC, runs.run LIMIT 1;
      """)
    return (result, images.trimmingCharacters(in: .newlines))
  }

  @Test("those of the model's study, unless the user says otherwise")
  func study() throws {
    let study = try assay.run("reproduce", "--config", "study.yaml", "--quiet")
    #expect(study.status == 0, "\(study.error)")
    let dataset = packageRoot.appending(path: "Tests/Fixtures/mnist-sample").path
    let (taken, images) = try attack(["--epsilon", "0.05", "--dataset", dataset])
    #expect(taken.status == 0, "\(taken.error)")
    #expect(images == "250")
    #expect(taken.error.contains("takes the 250 images of selection "), "\(taken.error)")

    // Another selection by a file, and by its run.
    try assay.write(
      "dataset: \(dataset)\nselection: {size: 10, heldout_size: 5}\n", to: "small.yaml")
    let small = try attack(["--epsilon", "0.06", "--config", "small.yaml"])
    #expect(small.images == "15" && !small.result.error.contains("takes the"))
    let selection = try assay.ask(
      "SELECT run FROM runs WHERE kind = 'select' ORDER BY created DESC LIMIT 1;"
    ).trimmingCharacters(in: .newlines)
    let named = try attack(
      ["--epsilon", "0.07", "--dataset", dataset, "--selection", String(selection.prefix(10))])
    #expect(named.images == "15", "\(named.result.error)")
    let model = try assay.ask("SELECT run FROM runs WHERE kind = 'train';")
    let wrong = try attack(["--selection", String(model.prefix(10)), "--dataset", dataset])
    #expect(wrong.result.status == 64)
  }

  @Test("a recorded set is measured without the data set that its model was trained on")
  func recorded() throws {
    let folder = assay.directory.url.appending(path: "digits")
    try FileManager.default.copyItem(
      at: packageRoot.appending(path: "Tests/Fixtures/mnist-sample"), to: folder)
    let configuration = Assay.configuration.split(separator: "\n").dropFirst()
      .joined(separator: "\n")
    try assay.write("dataset: ./digits\n" + configuration, to: "study.yaml")
    _ = try assay.stage("train")
    let first = try assay.stage("attack", "fgsm")
    _ = try assay.stage("measure", "--set", first)
    let second = try assay.stage("attack", "fgsm", "--epsilon", "0.05")
    try FileManager.default.removeItem(at: folder)
    _ = try assay.stage("measure", "--set", second)
    let labels = try assay.ask(
      """
      SELECT count(*), sum(measured.true_label = attacked.true_label)
      FROM image_uncertainties AS measured
      JOIN lineages ON lineages.run = measured.measurement AND role = 'adversarial_set'
      JOIN adversarial_images AS attacked
        ON attacked.run = parent AND attacked.image_index = measured.image_index
      WHERE parent = '\(second)';
      """)
    #expect(labels == "250|250\n")
  }
}
