import Classifier
import Detection
import Tensor
import Testing

/// Transforms of images in colour.
@Suite struct ColourTransformTests {
  private let examples: TransformExamples

  init() throws {
    examples = try TransformExamples(
      file: "colour", shape: ImageShape(height: 31, width: 27, channels: 3))
  }

  @Test("transforms agree with SciPy, scikit-image and Pillow")
  func otherPrograms() throws {
    #expect(examples.expected.count == 14)
    let size = examples.shape.count
    for (name, expected) in examples.expected {
      let transform = try examples.transform(name)
      for index in 0..<examples.count {
        let ours = apply(transform, to: examples.image(index), index: index)
        let theirs = Array(expected[index * size..<(index + 1) * size])
        #expect(distance(ours, theirs) < 2e-6, "\(name), image \(index)")
      }
    }
  }

  @Test(
    "three equal channels have what the grey image has",
    arguments: TransformTests.names.filter { !["noise", "jpeg"].contains($0) })
  func equalChannels(name: String) throws {
    let grey = try TransformExamples()
    let bytes = grey.bytes.flatMap { [$0, $0, $0] }
    let shape = ImageShape(height: 28, width: 28, channels: 3)
    let setting = TransformSetting(
      shape: shape, seed: 3,
      trainingImages: LabeledImages(
        shape: shape, pixels: bytes, labels: [UInt8](repeating: 0, count: grey.count)))
    let (plain, colour) = (
      try grey.transform(name), try TransformSpecification(name).make(setting)
    )
    for index in 0..<grey.count {
      let image = grey.image(index)
      for copy in 0..<min(plain.copies, 2) {
        let expected = apply(plain, to: image, index: index, copy: copy)
        let ours = apply(colour, to: image.flatMap { [$0, $0, $0] }, index: index, copy: copy)
        // The weights of the luminance need not sum to 1 in the last bit.
        #expect(distance(ours, expected.flatMap { [$0, $0, $0] }) < 1e-6, "image \(index)")
      }
    }
  }

  @Test("noise is another for each channel")
  func noise() throws {
    let transform = try examples.transform("noise_0.1")
    let result = apply(transform, to: [Float](repeating: 0.5, count: examples.shape.count))
    #expect(Set(result).count > result.count / 2)
  }

  @Test("JPEG leaves a grey picture of three channels grey")
  func greyInColour() throws {
    let shape = ImageShape(height: 16, width: 16, channels: 3)
    let transform = try TransformSpecification("jpeg_95").make(
      TransformSetting(shape: shape, seed: 1))
    let grey = try TransformSpecification("jpeg_95").make(
      TransformSetting(shape: ImageShape(height: 16, width: 16, channels: 1), seed: 1))
    let image = RandomStream(seed: 1, stream: 0).uniform(count: 256, bound: 0.5, pass: 0)
      .map { $0 + 0.5 }
    let expected = apply(grey, to: image).flatMap { [$0, $0, $0] }
    #expect(apply(transform, to: image.flatMap { [$0, $0, $0] }) == expected)
  }

  @Test("patches of quilting keep their colours together")
  func quilting() throws {
    // Red and green do not occur in one pixel, and so in no pixel that is put together.
    let shape = ImageShape(height: 12, width: 15, channels: 3)
    let stream = RandomStream(seed: 8, stream: 1)
    let pixels = (0..<4 * shape.height * shape.width).flatMap { pixel -> [UInt8] in
      let level = UInt8(stream.integer(below: 256, image: UInt32(pixel), pass: 0))
      return pixel % 3 == 0 ? [level, 0, 9] : [0, level, 9]
    }
    let images = LabeledImages(shape: shape, pixels: pixels, labels: [0, 0, 0, 0])
    let transform = try TransformSpecification("quilting_3_500").make(
      TransformSetting(shape: shape, seed: 2, trainingImages: images))
    var image = [Float](repeating: 0, count: shape.count)
    images.copyPixels(of: 2, into: &image)
    let result = apply(transform, to: image)
    for pixel in 0..<shape.height * shape.width {
      let values = result[pixel * 3..<pixel * 3 + 3].map { Int(($0 * 255).rounded()) }
      #expect(values[2] == 9 && min(values[0], values[1]) == 0)
    }
    // With itself as the only neighbour, an image whose patches are all there comes back.
    let own = LabeledImages(
      shape: ImageShape(height: 5, width: 5, channels: 3), pixels: Array(pixels.prefix(75)),
      labels: [0])
    let same = try TransformSpecification("quilting_1_100").make(
      TransformSetting(shape: own.shape, seed: 2, trainingImages: own))
    let patch = own.pixels.map { Float($0) / 255 }
    #expect(apply(same, to: patch) == patch)
  }

  @Test("what has neither one nor three channels has no luminance")
  func refusals() throws {
    let setting = TransformSetting(
      shape: ImageShape(height: 9, width: 9, channels: 2), seed: 1,
      trainingImages: examples.training)
    for name in ["binarisation", "otsu", "jpeg"] {
      #expect(throws: DetectionError.neitherGreyNorColour(transform: name, channels: 2)) {
        _ = try TransformSpecification(name).make(setting)
      }
    }
    #expect(
      throws: DetectionError.differentChannels(transform: "quilting", training: 3, channels: 2)
    ) {
      _ = try TransformSpecification("quilting").make(setting)
    }
  }
}
