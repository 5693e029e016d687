import Foundation
import Interchange
import TestSupport
import Testing

/// Transforms by the command, on the images that other programs transformed for
/// Tests/Fixtures/transforms.
@Suite(.startsPrograms) struct TransformCommandTests {
  let assay: Assay
  let images = packageRoot.appending(path: "Tests/Fixtures/transforms/expected.npz").path

  init() throws {
    assay = try Assay()
  }

  private func applied(_ arguments: String...) throws -> [String: NumericArray] {
    let result = try assay.run(
      ["transforms", "apply"] + arguments + ["--images", images, "-o", "out.npz", "--quiet"])
    #expect(result.status == 0, "\(result.error)")
    let path = assay.directory.path("out.npz")
    return try Npz.arrays(from: InputFile.read(path), file: path)
  }

  @Test("each kind is listed with its values")
  func list() throws {
    let text = try assay.run("transforms", "list").output
    for word in ["jpeg_QUALITY", "median_SIDE", "crop_centre_SIDE", "quilting_NEIGHBOURS_PATCHES"] {
      #expect(text.contains(word))
    }
    let json = try assay.run("transforms", "list", "--format", "json").output
    #expect(
      json.contains(
        "quality: quality as PIL and libjpeg count it, a whole number from 1 to 100, 75 by default")
    )
  }

  @Test("images come out as other programs transform them")
  func apply() throws {
    let names = ["jpeg_75", "median_2+jpeg_75", "rotation_-10"]
    let ours = try applied("jpeg", "median_2+jpeg", "rotation_-10", "five_crops", "jpeg_75")
    #expect(Set(ours.keys) == Set(names + ["five_crops_24"]))
    #expect(ours["five_crops_24"]?.shape == [5, 5, 28, 28])
    let expected = try Npz.arrays(from: InputFile.read(images), file: images)
    for name in names {
      let (a, b) = (try #require(ours[name]), try #require(expected[name]))
      #expect(a.shape == [5, 1, 28, 28])
      let theirs = try #require(b.floats ?? b.integers?.map { Float($0) / 255 })
      let difference = zip(try #require(a.floats), theirs).map { abs($0 - $1) }.max()
      #expect(try #require(difference) < 2e-6)
    }
  }

  @Test("random transforms depend on the seed, not on the threads")
  func seeds() throws {
    let first = try applied("noise_0.1", "--threads", "1")
    #expect(try applied("noise_0.1", "--threads", "2", "--seed", "0") == first)
    #expect(try applied("noise_0.1", "--seed", "1") != first)
  }

  @Test("quilting takes the training images of a directory")
  func quilting() throws {
    let sample = packageRoot.appending(path: "Tests/Fixtures/mnist-sample").path
    let quilted = try applied("quilting_2_500", "--dataset", sample)
    #expect(quilted["quilting_2_500"]?.shape == [5, 1, 28, 28])
  }

  /// Writes an array of images and gives its path.
  private func write(_ shape: [Int], _ bytes: [UInt8]) throws -> String {
    let path = assay.directory.path("images.npz")
    let array = NumericArray(shape: shape, .uint8(bytes))
    try Data(Npz.bytes(of: [("images", array)], file: path)).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test("images in colour are told from their shape, or by --layout, and come out channels first")
  func colour() throws {
    let last = packageRoot.appending(path: "Tests/Fixtures/transforms/colour.npz").path
    let arrays = try Npz.arrays(from: InputFile.read(last), file: last)
    guard case .uint8(let bytes)? = arrays["images"]?.elements,
      case .uint8(let theirs)? = arrays["jpeg_75"]?.elements
    else { throw CocoaError(.fileReadCorruptFile) }
    /// [3, 31, 27, 3] as [3, 3, 31, 27].
    func planes(_ values: [UInt8]) -> [UInt8] {
      (0..<9).flatMap { plane -> [UInt8] in
        let (image, channel) = plane.quotientAndRemainder(dividingBy: 3)
        return (0..<837).map { (pixel: Int) -> UInt8 in values[(image * 837 + pixel) * 3 + channel]
        }
      }
    }
    let first = try write([3, 3, 31, 27], planes(bytes))
    let cases: [(file: String, arguments: [String])] = [
      (last, []), (first, []), (last, ["--layout", "channels_last"]),
      (first, ["--layout", "channels_first"]),
    ]
    for (file, arguments) in cases {
      let result = try assay.run(
        ["transforms", "apply", "jpeg", "--images", file, "-o", "out.npz"] + arguments)
      #expect(result.status == 0, "\(result.error)")
      let path = assay.directory.path("out.npz")
      let ours = try #require(
        try Npz.arrays(from: InputFile.read(path), file: path)["jpeg_75"])
      let isLast = arguments.last == "channels_last"
      #expect(ours.shape == (isLast ? [3, 1, 31, 27, 3] : [3, 1, 3, 31, 27]))
      let values = ours.floats?.map { UInt8(($0 * 255).rounded()) }
      #expect(values == (isLast ? theirs : planes(theirs)))
    }
  }

  @Test("pictures in colour are read in colour")
  func picture() throws {
    let path = packageRoot.appending(path: "Tests/Fixtures/interchange/colours.png").path
    let picture = try PNGImage(from: InputFile.read(path), file: path)
    let result = try assay.run(
      "transforms", "apply", "bit_truncation_8", "--images", path, "-o", "out.npz", "--layout",
      "channels_last")
    #expect(result.status == 0, "\(result.error)")
    let output = assay.directory.path("out.npz")
    let ours = try #require(
      try Npz.arrays(from: InputFile.read(output), file: output)["bit_truncation_8"])
    #expect(ours.shape == [1, 1, 28, 28, 3])
    #expect(ours.floats?.map { UInt8(($0 * 255).rounded()) } == picture.pixels)
  }

  @Test("images that may have their channels first or last are refused unless --layout says which")
  func unknownLayout() throws {
    let file = try write([2, 3, 7, 3], [UInt8](repeating: 9, count: 126))
    let arguments = ["transforms", "apply", "otsu", "--images", file, "-o", "out.npz"]
    let result = try assay.run(arguments)
    #expect(result.status == 65)
    #expect(
      result.error.contains("may have the channels first or last")
        && result.error.contains("--layout channels_first or channels_last says which"))
    #expect(try assay.run(arguments + ["--layout", "channels_last"]).status == 0)
  }

  @Test("what can't be done is refused in one line")
  func refusals() throws {
    for (arguments, status, message) in [
      (["jpge_75", "--images", images], 64, "there is no transform 'jpge_75'"),
      (["jpeg_0", "--images", images], 64, "a whole number from 1 to 100"),
      (["jpeg_75", "--images", "none.npz"], 66, "none.npz"),
      (["quilting", "--images", images, "--data", "none"], 66, "mnist"),
    ] {
      let result = try assay.run(["transforms", "apply"] + arguments + ["-o", "out.npz"])
      #expect(result.status == Int32(status), "\(arguments): \(result.error)")
      #expect(result.error.contains(message), "\(result.error)")
      #expect(result.error.split(separator: "\n").count == 1)
    }
  }
}
