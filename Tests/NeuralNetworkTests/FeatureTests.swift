import Classifier
import NeuralNetwork
import Tensor
import Testing

@Suite struct FeatureTests {
  static let architecture = Architecture.leNet(
    LeNetConfiguration(conv1: 3, conv2: 4, dense1: 20),
    input: ImageShape(height: 16, width: 16, channels: 1), classes: 4)
  static let network = Network(
    architecture: architecture, parameters: architecture.initialParameters(seed: 5))
  static let pixels = RandomStream(seed: 6, stream: 0).uniform(count: 150 * 256, bound: 1, pass: 0)

  func features(_ layer: String, images: Range<Int> = 0..<150, threads: Int = 1) throws -> [Float] {
    try Self.network.features(
      of: layer, count: images.count, parallelism: Parallelism(threads: threads)
    ) { image, destination in
      for pixel in 0..<256 {
        destination[pixel] = Self.pixels[(images.lowerBound + image) * 256 + pixel]
      }
    }
  }

  @Test("the last layer's features are the logits, the rectifier's those of its dense layer")
  func layers() throws {
    #expect(Self.architecture.featureLayers == ["conv1", "conv2", "dense1", "relu3", "dense2"])
    #expect(Self.architecture.defaultFeatureLayer == "relu3")
    #expect(Self.architecture.featureCount(of: "conv1") == 3 * 36)
    #expect(Self.architecture.featureCount(of: "dropout after pool1") == nil)
    #expect(Self.architecture.featureCount(of: "relu9") == nil)
    let logits = try Self.network.logits(count: 150, parallelism: Parallelism(threads: 1)) {
      image, destination in
      for pixel in 0..<256 { destination[pixel] = Self.pixels[image * 256 + pixel] }
    }
    for (feature, logit) in zip(try features("dense2"), logits) {
      #expect(abs(feature - logit) < 1e-5)
    }
    #expect(try features("relu3") == features("dense1").map { max(0, $0) })
    #expect(try features("relu3").contains { $0 > 0 })
  }

  @Test("threads and cuts of the work change no bit of the features")
  func reproducible() throws {
    for layer in Self.architecture.featureLayers {
      let whole = try features(layer)
      #expect(try features(layer, threads: 3) == whole)
      let parts = try [0..<1, 1..<3, 3..<70, 70..<150].map { try features(layer, images: $0) }
      #expect(parts.flatMap { $0 } == whole)
    }
    #expect(try features("relu3", images: 0..<0).isEmpty)
  }
}
