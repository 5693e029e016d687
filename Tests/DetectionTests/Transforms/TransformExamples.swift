import Detection
import Foundation
import Interchange
import Classifier
import TestSupport
import Testing

/// Images and what other programs make of them: Tests/Fixtures/transforms/make.py writes them.
struct TransformExamples {
  static let shape = ImageShape(height: 28, width: 28, channels: 1)

  /// The shape of the images.
  let shape: ImageShape
  /// The images' bytes, [count, shape]: digits or something smooth, and noise as the last one.
  let bytes: [UInt8]
  /// By the transform's name, what it makes of the images, in 0...1.
  let expected: [String: [Float]]

  init(file: String = "expected", shape: ImageShape = shape) throws {
    self.shape = shape
    let path = packageRoot.appending(path: "Tests/Fixtures/transforms/\(file).npz").path
    let arrays = try Npz.arrays(from: InputFile.read(path), file: path)
    guard case .uint8(let bytes)? = arrays["images"]?.elements else {
      throw ExampleError(name: "images")
    }
    self.bytes = bytes
    var expected: [String: [Float]] = [:]
    for (name, array) in arrays where name != "images" {
      if case .uint8(let bytes) = array.elements {
        expected[name] = bytes.map { Float($0) / 255 }
      } else if let floats = array.floats {
        expected[name] = floats
      } else {
        throw ExampleError(name: name)
      }
    }
    self.expected = expected
  }

  var count: Int { bytes.count / shape.count }

  /// The images as training images.
  var training: LabeledImages {
    LabeledImages(
      shape: shape, pixels: bytes, labels: [UInt8](repeating: 0, count: count))
  }

  /// The pixels of one image, in 0...1.
  func image(_ index: Int) -> [Float] {
    bytes[index * shape.count..<(index + 1) * shape.count].map { Float($0) / 255 }
  }

  func setting(
    seed: UInt64 = 3, shape: ImageShape? = nil, trained: Bool = true
  ) -> TransformSetting {
    TransformSetting(
      shape: shape ?? self.shape, seed: seed, trainingImages: trained ? training : nil)
  }

  /// A transform of these images.
  func transform(_ name: String, seed: UInt64 = 3) throws -> any Transform {
    try TransformSpecification(name).make(setting(seed: seed))
  }

  private struct ExampleError: Error {
    let name: String
  }
}

/// A copy of an image under a transform.
func apply(_ transform: any Transform, to image: [Float], index: Int = 0, copy: Int = 0) -> [Float]
{
  var result = [Float](repeating: .nan, count: image.count)
  transform.write(image, index: index, copy: copy, into: &result)
  return result
}

/// The largest difference of two images.
func distance(_ a: [Float], _ b: [Float]) -> Float {
  zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
}
