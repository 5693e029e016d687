import Classifier
import NeuralNetwork
import Tensor
import Testing

@Suite struct LayerTests {
  /// The outputs of a one-layer network.
  func run(_ layer: any Layer, input: [Float], parameters: [Float] = [0]) -> [Float] {
    let architecture = Architecture(name: layer.name, layers: [layer])
    let propagation = Propagation(
      architecture: architecture, capacity: input.count / layer.input.count, dropout: false,
      gradients: false)
    propagation.input.update(from: input, count: input.count)
    propagation.forward(rows: input.count / layer.input.count, parameters: parameters)
    let count = input.count / layer.input.count * layer.output.count
    return (0..<count).map { propagation.output[$0] }
  }

  @Test("a rectifier keeps what is positive")
  func rectifier() {
    #expect(run(ReLU(name: "relu", input: .vector(3)), input: [-1, 0, 2]) == [0, 0, 2])
  }

  @Test("dropout keeps expectations and drops at its rate", arguments: [0.5, 0.3])
  func dropout(rate: Double) {
    let layer = Dropout(name: "dropout", input: .vector(1000), site: 1, rate: rate)
    let architecture = Architecture(name: "dropout", layers: [layer])
    let propagation = Propagation(
      architecture: architecture, capacity: 100, dropout: true, gradients: false)
    propagation.input.update(repeating: 1, count: 100_000)
    let rows = (0..<100).map { SampledRow(image: 4, pass: UInt32($0)) }
    rows.withUnsafeBufferPointer { rows in
      guard let rows = rows.baseAddress else { return }
      propagation.forward(
        rows: 100, parameters: [], dropout: .sampled(seed: 0, purpose: 3, rows: rows))
    }
    let outputs = (0..<100_000).map { Double(propagation.output[$0]) }
    let dropped = outputs.filter { $0 == 0 }.count
    #expect(abs(Double(dropped) - rate * 100_000) < 800)
    #expect(outputs.allSatisfy { $0 == 0 || abs($0 - 1 / (1 - rate)) < 1e-4 })
    #expect(outputs[0..<1000] != outputs[1000..<2000])
  }

  @Test("LeNet has the weights of Caffe's, and its dropout where it is told")
  func leNet() {
    #expect(Architecture.leNet().parameterCount == 431_080)
    #expect(Architecture.leNet().layers.filter { $0 is Dropout }.count == 3)
    let dense = Architecture.leNet(LeNetConfiguration(dropoutSites: ["dense1"]))
    #expect(dense.firstDropout == dense.layers.count - 2)
    #expect(Architecture.leNet(LeNetConfiguration(dropoutRate: 0)).firstDropout == 5)
  }

  @Test("initial weights have the variance of their fan-in, biases are zero")
  func initialParameters() {
    let layer = Dense(name: "dense", input: .vector(300), outputs: 40)
    let parameters = Architecture(name: "one", layers: [layer]).initialParameters(seed: 1)
    let weights = parameters.prefix(300 * 40).map(Double.init)
    let variance = weights.map { $0 * $0 }.reduce(0, +) / Double(weights.count)
    #expect(abs(variance * 300 - 1) < 0.03)
    #expect(weights.allSatisfy { abs($0) <= 0.1 })
    #expect(parameters.suffix(40).allSatisfy { $0 == 0 })
  }

  @Test("weights of a truncated normal have its variance and bounds, the same in each draw")
  func truncatedNormal() {
    let layers: [any Layer] = [
      Dense(name: "one", input: .vector(300), outputs: 40),
      Dense(name: "two", input: .vector(40), outputs: 300),
    ]
    let architecture = Architecture(
      name: "two", layers: layers, initialisation: .truncatedNormal)
    let parameters = architecture.initialParameters(seed: 1)
    let weights = parameters.prefix(12000).map(Double.init)
    // Cut off at two deviations, the variance is 0.7737 times that of the whole distribution.
    let variance = weights.map { $0 * $0 }.reduce(0, +) / Double(weights.count)
    #expect(abs(variance / 0.007737 - 1) < 0.05)
    #expect(weights.allSatisfy { abs($0) <= 0.2000001 })
    #expect(weights.contains { abs($0) > 0.19 })
    #expect(parameters[12000..<12040].allSatisfy { $0 == 0.1 })
    #expect(parameters[12040..<24040] != parameters[..<12000])
    #expect(architecture.initialParameters(seed: 1) == parameters)
  }

  @Test("layers that do not fit are a programmer's error")
  func mismatch() async {
    await #expect(processExitsWith: .failure) {
      _ = Architecture(
        name: "broken",
        layers: [ReLU(name: "a", input: .vector(2)), ReLU(name: "b", input: .vector(3))])
    }
  }
}
