import Foundation
import Interchange
import TestSupport
import Testing

/// A study of images in colour, by the command.
@Suite(.startsPrograms) struct ColourStudyTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
    // Three colours on a ground of another, 18 x 20 pixels, with a little noise.
    for (name, count) in [("train", 240), ("t10k", 90)] {
      var images: [UInt8] = [0, 0, 8, 4, 0, 0, 0, UInt8(count), 0, 0, 0, 18, 0, 0, 0, 20]
      images += [0, 0, 0, 3]
      for image in 0..<count {
        for pixel in 0..<360 {
          for channel in 0..<3 {
            let noise = (image * 7 + pixel * 13 + channel * 5) % 29
            images.append(UInt8(channel == image % 3 ? 200 + noise : 20 + noise))
          }
        }
      }
      let labels: [UInt8] =
        [0, 0, 8, 1, 0, 0, 0, UInt8(count)] + (0..<count).map { UInt8($0 % 3) }
      let folder = assay.directory.url.appending(path: "colours")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(images).write(to: folder.appending(path: "\(name)-images-idx3-ubyte"))
      try Data(labels).write(to: folder.appending(path: "\(name)-labels-idx1-ubyte"))
    }
    try assay.write(
      """
      dataset: ./colours
      network: {conv1: 4, conv2: 6, dense1: 24}
      training: {epochs: 1, batch_size: 20}
      selection: {size: 30, heldout_size: 20}
      attacks: {bim-a: null, bim-b: null}
      measurement: {passes: 4, crop_side: 15}
      detection: {measures: [softmax_std]}

      """, to: "study.yaml")
  }

  private func arrays(_ name: String) throws -> [String: NumericArray] {
    let path = assay.directory.path(name)
    return try Npz.arrays(from: InputFile.read(path), file: path)
  }

  @Test("a study of images in colour is made, reported, exported and taken back")
  func study() throws {
    try assay.succeed("reproduce", "--config", "study.yaml", "--quiet")
    // FGSM changes each channel, JSMA some of them; grey sets say in l0 alone what they changed.
    let counts = try assay.ask(
      """
      SELECT attack, max(l0) <= 360, min(l0_elements >= l0), max(l0_elements) > 360 FROM adversarial_images
      GROUP BY attack ORDER BY attack;
      """
    ).split(separator: "\n")
    #expect(counts.first == "fgsm|1|1|1")
    #expect(counts.last?.hasPrefix("jsma|1|1|") == true)
    let set = try assay.ask("SELECT run FROM adversarial_sets WHERE attack = 'fgsm';")
      .trimmingCharacters(in: .whitespacesAndNewlines)

    try assay.succeed("sets", "export", set, "-o", "first.npz", "--quiet")
    try assay.succeed(
      "sets", "export", set, "-o", "last.npz", "--layout", "channels_last", "--quiet")
    let (first, last) = (try arrays("first.npz"), try arrays("last.npz"))
    let (planes, pixels) = (try #require(first["images"]), try #require(last["images"]))
    #expect(planes.shape == [50, 3, 18, 20] && pixels.shape == [50, 18, 20, 3])
    let (a, b) = (try #require(planes.floats), try #require(pixels.floats))
    #expect(a.indices.allSatisfy { a[$0] == b[$0 / 1080 * 1080 + $0 % 360 * 3 + $0 / 360 % 3] })
    for (name, file) in [("one", "first.npz"), ("two", "last.npz")] {
      let imported = try assay.stage("sets", "import", file, "--name", name)
      let same = try assay.ask(
        """
        SELECT count(*) FROM adversarial_images AS a JOIN adversarial_images AS b USING (image_index)
        WHERE a.run = '\(set)' AND b.run = '\(imported)' AND a.l2 = b.l2
          AND a.l0_elements = b.l0_elements AND a.prediction = b.prediction;
        """)
      #expect(same == "50\n")
    }
    try assay.succeed("gradients", "--images", "last.npz", "-o", "gradients.npz", "--quiet")
    #expect(try arrays("gradients.npz")["jacobian"]?.shape == [50, 3, 3, 18, 20])
    let answers = try ["first.npz", "last.npz"].map { file in
      try assay.succeed(
        "predict", "--images", file, "--format", "json", "--passes", "4",
        "--crop-side", "15"
      ).output
    }
    #expect(answers[0] == answers[1])

    try assay.succeed("report", "gallery", "-o", "gallery.svg", "--quiet")
    #expect(try assay.text("gallery.svg").contains("<image "))
    let text = try assay.succeed("report", "gallery").output
    #expect(!text.isEmpty)
  }
}
