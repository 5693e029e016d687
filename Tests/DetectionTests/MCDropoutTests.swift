import Detection
import Foundation
import Classifier
import NeuralNetwork
import Tensor
import Testing

@Suite struct MCDropoutTests {
  static let shape = ImageShape(height: 16, width: 16, channels: 1)
  static let pixels = RandomStream(seed: 6, stream: 0).uniform(count: 30 * 256, bound: 0.5, pass: 0)
    .map { $0 + 0.5 }

  static func network(sites: [String] = LeNetConfiguration.sites) -> Network {
    let architecture = Architecture.leNet(
      LeNetConfiguration(conv1: 3, conv2: 4, dense1: 12, dropoutSites: sites), input: shape,
      classes: 4)
    return Network(
      architecture: architecture, parameters: architecture.initialParameters(seed: 5).map { $0 * 2 }
    )
  }

  func measure(
    _ network: Network, images: [Int] = Array(0..<30), passes: Int = 20, seed: UInt64 = 0,
    threads: Int = 1
  ) throws -> [Uncertainty] {
    try MCDropout(classifier: network, passes: passes, seed: seed).measure(
      images, parallelism: Parallelism(threads: threads)
    ) { position, destination in
      for pixel in 0..<256 { destination[pixel] = Self.pixels[images[position] * 256 + pixel] }
    }
  }

  /// The logits of one image by whole passes through the network, [passes][classes].
  func wholePasses(_ network: Network, image: Int, passes: Int) -> [[Double]] {
    let propagation = Propagation(
      architecture: network.architecture, capacity: 1, dropout: true, gradients: false)
    return (0..<passes).map { pass in
      for pixel in 0..<256 { propagation.input[pixel] = Self.pixels[image * 256 + pixel] }
      let row = [SampledRow(image: UInt32(image), pass: UInt32(pass))]
      row.withUnsafeBufferPointer { rows in
        guard let rows = rows.baseAddress else { return }
        propagation.forward(
          rows: 1, parameters: network.parameters,
          dropout: .sampled(seed: 0, purpose: RandomPurpose.measurementDropout, rows: rows))
      }
      return (0..<4).map { Double(propagation.output[$0]) }
    }
  }

  @Test(
    "measures follow their definitions on whole passes",
    arguments: [["pool1", "pool2", "dense1"], ["dense1"], ["pool2"]])
  func definitions(sites: [String]) throws {
    let network = Self.network(sites: sites)
    let measured = try measure(network)
    for image in [0, 7, 29] {
      let logits = wholePasses(network, image: image, passes: 20)
      let softmax = logits.map { row -> [Double] in
        let exponentials = row.map { exp($0) }
        let sum = exponentials.reduce(0, +)
        return exponentials.map { $0 / sum }
      }
      func mean(_ rows: [[Double]]) -> [Double] {
        (0..<4).map { column in rows.map { $0[column] }.reduce(0, +) / 20 }
      }
      func meanDeviation(_ rows: [[Double]]) -> Double {
        let means = mean(rows)
        return (0..<4).map { column in
          let squares = rows.map { ($0[column] - means[column]) * ($0[column] - means[column]) }
          return (squares.reduce(0, +) / 20).squareRoot()
        }.reduce(0, +) / 4
      }
      func entropy(_ row: [Double]) -> Double { -row.map { $0 * log($0) }.reduce(0, +) }
      let ranked = mean(logits).sorted(by: >)
      let actual = measured[image]
      #expect(mean(logits)[actual.prediction] == ranked[0])
      #expect(abs(actual.margin - (ranked[0] - ranked[1])) < 1e-4)
      #expect(abs(actual.softmaxStd - meanDeviation(softmax)) < 1e-5)
      #expect(abs(actual.logitStd - meanDeviation(logits)) < 1e-5)
      #expect(abs(actual.maxProbability - (mean(softmax).max() ?? 0)) < 1e-5)
      #expect(abs(actual.predictiveEntropy - entropy(mean(softmax))) < 1e-5)
      let expected = entropy(mean(softmax)) - softmax.map(entropy).reduce(0, +) / 20
      #expect(abs(actual.mutualInformation - expected) < 1e-5)
      #expect(actual.softmaxStd > 0)
    }
  }

  @Test("threads and cuts of the work change no bit; seeds do")
  func reproducible() throws {
    let network = Self.network()
    let whole = try measure(network)
    #expect(try measure(network, threads: 3) == whole)
    #expect(
      try measure(network, images: Array(0..<10)) + measure(network, images: Array(10..<30))
        == whole)
    #expect(try measure(network, seed: 1) != whole)
  }

  @Test("more passes than fit into one batch are all counted")
  func manyPasses() throws {
    let network = Self.network(sites: ["dense1"])
    let many = try measure(network, images: [3], passes: 450)[0]
    let logits = wholePasses(network, image: 3, passes: 450)
    let mean = (0..<4).map { column in logits.map { $0[column] }.reduce(0, +) / 450 }
    let ranked = mean.sorted(by: >)
    #expect(abs(many.margin - (ranked[0] - ranked[1])) < 1e-4)
  }

  @Test("a network without dropout is refused")
  func noDropout() {
    #expect(
      throws: ClassifierError.missing(.draws, model: "lenet", neededBy: "Monte Carlo dropout")
    ) { try MCDropout(classifier: MCDropoutTests.network(sites: []), passes: 5, seed: 0) }
  }
}
