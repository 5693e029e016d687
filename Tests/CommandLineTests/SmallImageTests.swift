import Foundation
import Interchange
import TestSupport
import Testing

/// Colour images of 8 x 3 pixels in arrays whose axes leave open which one is of channels.
@Suite(.startsPrograms) struct SmallImageTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
    try writeImages(to: "small", axes: [3, 8, 3])
    try writeStudy(
      "study.yaml", layers: "{dense: {units: 12}}, relu, {dropout: {rate: 0.5}}, dense")
    try writeStudy("plain.yaml", layers: "{dense: {units: 12}}, relu, dense")
  }

  /// Classes that are told by their channel, if there are three, with a little noise.
  private func writeImages(to folder: String, axes: [Int], classes: Int = 3) throws {
    let size = axes.reduce(1, *)
    for (name, count) in [("train", 90), ("test", 60)] {
      var pixels: [UInt8] = []
      for image in 0..<count {
        for place in 0..<size {
          let channel = place * 3 / size
          let noise = (image * 7 + place * 13) % 29
          pixels.append(UInt8(channel == image % 3 ? 150 + noise : 90 + noise))
        }
      }
      let labels = (0..<count).map { UInt8($0 % classes) }
      try FileManager.default.createDirectory(
        atPath: assay.directory.path(folder), withIntermediateDirectories: true)
      let bytes = try Npz.bytes(
        of: [
          ("images", NumericArray(shape: [count] + axes, .uint8(pixels))),
          ("labels", NumericArray(shape: [count], .uint8(labels))),
        ], file: name)
      try Data(bytes).write(to: assay.directory.url.appending(path: "\(folder)/\(name).npz"))
    }
  }

  private func writeStudy(_ name: String, layers: String) throws {
    try assay.write(
      """
      dataset: ./small
      layout: channels_first
      network: {architecture: my_net, layers: [\(layers)]}
      training: {epochs: 2, batch_size: 15}
      selection: {size: 30, heldout_size: 20}
      attacks: {bim-a: null, bim-b: null, jsma: null}
      measurement: {passes: 4}
      detection: {measures: [softmax_std]}

      """, to: name)
  }

  /// The widths and heights of the images in a figure.
  private func sizes(in figure: String) throws -> Set<[Double]> {
    let images = try assay.text(figure).matches(
      of: /<image [^>]*?width="([\d.]+)" height="([\d.]+)"/)
    return Set(images.map { [Double($0.1) ?? 0, Double($0.2) ?? 0] })
  }

  @Test("a study of small images that are not square needs no settings but the layout")
  func study() throws {
    let refused = try assay.run("data", "verify", "./small")
    #expect(refused.status == 65 && refused.error.contains("or a layout"), "\(refused.error)")
    let read = try assay.succeed("data", "verify", "./small", "--layout", "channels_first")
    #expect(read.output.contains("shape: 8 x 3 x 3"))
    let other = try assay.succeed("data", "verify", "./small", "--layout", "channels_last")
    #expect(other.output.contains("shape: 3 x 8 x 3"))

    try assay.succeed("reproduce", "--config", "study.yaml", "--quiet")
    // 6/7 of three pixels.
    #expect(try assay.ask("SELECT DISTINCT crop_side FROM measurements;") == "2\n")
    let summary = try assay.succeed("report")
    #expect(summary.output.contains("my_net on small"), "\(summary.output)")
    try assay.succeed("report", "gallery", "-o", "gallery.svg", "--quiet")
    let sizes = try sizes(in: "gallery.svg")
    #expect(sizes.count == 1 && sizes.allSatisfy { abs($0[0] / $0[1] - 3.0 / 8) < 0.01 })
    // Without the clean images, the record says the shape.
    try FileManager.default.removeItem(atPath: assay.directory.path("small"))
    try assay.succeed("report", "gallery", "-o", "adversarial.svg", "--quiet")
    #expect(try self.sizes(in: "adversarial.svg") == sizes)
    let text = try assay.succeed("report", "gallery").output
    #expect(text.split(separator: "\n").count < 40)
  }

  @Test("a model without dropout is measured by what needs none, and all else is refused at once")
  func withoutDropout() throws {
    func run(_ words: String...) throws -> ProgramResult {
      try assay.run(words + ["--config", "plain.yaml"])
    }
    let study = try run("reproduce")
    #expect(study.status == 65 && study.error.contains("has no dropout"), "\(study.error)")
    for words in [["train"], ["attack", "fgsm", "--epsilon", "0.2"]] {
      let result = try assay.run(words + ["--config", "plain.yaml", "--quiet"])
      #expect(result.status == 0, "\(result.error)")
    }
    let runs = try assay.ask("SELECT count(*) FROM runs;")
    let refused = [
      try run("measure", "--set", "all"),
      try run("measure", "--set", "all", "--measures", "margin"),
      try run("measure", "--set", "all", "--measures", "energy,softmax_variance"),
    ]
    for result in refused {
      #expect(result.status == 64, "\(result.error)")
      #expect(result.error.contains("gives no stochastic passes"), "\(result.error)")
      #expect(result.error.contains("assay measure --measures"), "\(result.error)")
      #expect(result.error.contains("energy") && result.error.split(separator: "\n").count == 1)
    }
    let layer = try run("measure", "--set", "all", "--measures", "kernel_density@relu9")
    #expect(layer.status == 64 && layer.error.contains("has no layer 'relu9'"), "\(layer.error)")
    let crops = try run("measure", "--set", "all", "--voter-set", "crops_24")
    #expect(crops.status == 65 && crops.error.contains("does not fit"), "\(crops.error)")
    #expect(try assay.ask("SELECT count(*) FROM runs;") == runs)

    let measured = try run("measure", "--set", "all", "--measures", "all")
    #expect(measured.status == 0, "\(measured.error)")
    #expect(measured.error.contains("left out: softmax_std"), "\(measured.error)")
    #expect(
      try assay.ask(
        """
        SELECT count(*), sum(passes IS NULL AND crop_side IS NULL) FROM measurements;
        SELECT count(*), count(agreement) FROM image_scores WHERE measure = 'energy';
        SELECT count(*) FROM image_scores WHERE measure = 'margin';
        """) == "2|2\n100|0\n0\n")
    // Measured again, nothing is left to do.
    let finished = try assay.ask("SELECT count(*) FROM runs;")
    #expect(try run("measure", "--set", "all", "--measures", "all").status == 0)
    #expect(try assay.ask("SELECT count(*) FROM runs;") == finished)
    #expect(try run("thresholds", "--measures", "energy", "--quiet").status == 0)
    let fit = try run(
      "detectors", "fit", "logistic", "--measures", "all", "--on", "heldout", "--name", "d",
      "--quiet")
    #expect(fit.status == 0, "\(fit.error)")
    let noCrops = try run("thresholds", "--measures", "energy", "--voters", "crops")
    #expect(noCrops.status == 64 && noCrops.error.contains("no crops"), "\(noCrops.error)")
    let report = try assay.run("report", "--full")
    #expect(report.status == 0 && report.output.contains("my_net on small"), "\(report.error)")
    try assay.succeed("report", "-o", "report.html", "--quiet")
    let page = try assay.text("report.html")
    #expect(!page.contains("0 passes") && !page.contains("votes of five crops"))
  }

  @Test("the catalogue says the shape of its colour images where a run has not recorded it")
  func catalogued() throws {
    try writeImages(to: "svhn", axes: [32, 32, 3], classes: 10)
    try assay.succeed(
      "train", "--config", "study.yaml", "--dataset", "./svhn", "--epochs", "1", "--quiet")
    _ = try assay.ask(
      "DROP TRIGGER artifact_update; DELETE FROM artifact WHERE name = 'data_shape';")
    try FileManager.default.removeItem(atPath: assay.directory.path("svhn"))
    try assay.succeed("models", "export", "-o", "model.safetensors", "--quiet")
    #expect(try assay.data("model.safetensors").count > 4 * 3072 * 12)
  }
}
