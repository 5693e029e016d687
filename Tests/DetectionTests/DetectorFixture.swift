import Detection
import Foundation
import Interchange
import Classifier
import NeuralNetwork
import Tensor
import TestSupport
import Testing

/// What scikit-learn and plain formulas made of a small network: Tests/Fixtures/detectors/make.py.
struct DetectorFixture {
  private let arrays: [String: NumericArray]

  init() throws {
    let file = packageRoot.appending(path: "Tests/Fixtures/detectors/expected.npz")
    arrays = try Npz.arrays(from: Array(Data(contentsOf: file)), file: file.lastPathComponent)
  }

  func doubles(_ name: String) throws -> [Double] {
    guard case .float64(let values) = try #require(arrays[name]).elements else { return [] }
    return values
  }

  func floats(_ name: String) throws -> [Float] { try #require(arrays[name]?.floats) }

  func integers(_ name: String) throws -> [Int] { try #require(arrays[name]?.integers) }

  func bytes(_ name: String) throws -> [UInt8] { try integers(name).map { UInt8($0) } }

  /// The network: 12 pixels, 24 hidden units, 4 classes.
  func network() throws -> Network {
    let pixels = ImageShape(height: 3, width: 4, channels: 1)
    let hidden = Dense(name: "hidden", input: pixels, outputs: 24)
    let rectifier = ReLU(name: "rectifier", input: hidden.output)
    return Network(
      architecture: Architecture(
        name: "small",
        layers: [
          hidden, rectifier,
          Dropout(name: "dropout", input: rectifier.output, site: 0, rate: 0.5),
          Dense(name: "output", input: rectifier.output, outputs: 4),
        ]),
      parameters: try ["hidden_weights", "hidden_biases", "output_weights", "output_biases"]
        .flatMap { try floats($0) })
  }

  func material(threads: Int = 1, passes: Int = 8, seed: UInt64 = 3) throws -> MeasureMaterial {
    let network = try network()
    return MeasureMaterial(
      classifier: network, seed: seed, passes: passes,
      trainingImages: LabeledImages(
        shape: network.architecture.input, pixels: try bytes("training"),
        labels: try bytes("labels")),
      parallelism: Parallelism(threads: threads))
  }

  /// The images to measure, all or some of them.
  func batch(_ material: MeasureMaterial, _ images: Range<Int> = 0..<70) throws -> ImageBatch {
    let pixels = try floats("queries")
    return ImageBatch(
      indices: Array(images),
      pixels: Array(pixels[images.lowerBound * 12..<images.upperBound * 12]), material: material)
  }

  func values(_ name: String) throws -> [Double] {
    let material = try material()
    return try MeasureCatalogue.measure(named: name).prepare(material).values(of: batch(material))
  }
}
