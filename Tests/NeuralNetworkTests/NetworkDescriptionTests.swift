import Classifier
import Foundation
import NeuralNetwork
import Tensor
import Testing

@Suite struct NetworkDescriptionTests {
  static let grey = ImageShape(height: 28, width: 28, channels: 1)
  static let colour = ImageShape(height: 32, width: 32, channels: 3)

  func preset(_ name: String, input: ImageShape) throws -> Architecture {
    try #require(NetworkDescription.preset(named: name)).makeArchitecture(input: input, classes: 10)
  }

  @Test(
    "presets have the weights that their papers' networks have",
    arguments: [
      ("lenet", grey, 431_080), ("feinman-mnist", grey, 1_218_634),
      ("feinman-cifar", colour, 2_915_114), ("feinman-svhn", colour, 6_528_714),
      ("carlini-mnist", grey, 312_202), ("carlini-cifar", colour, 1_147_978),
      ("madry-mnist", grey, 3_274_634),
    ])
  func weights(name: String, input: ImageShape, count: Int) throws {
    #expect(try preset(name, input: input).parameterCount == count)
  }

  @Test("LeNet described is LeNet as it is made, with the same first weights")
  func leNet() throws {
    let described = try preset("lenet", input: Self.grey)
    let made = Architecture.leNet()
    #expect(described.featureLayers == made.featureLayers)
    #expect(described.layers.map(\.output) == made.layers.map(\.output))
    #expect(
      described.layers.compactMap { ($0 as? Dropout)?.site }
        == made.layers.compactMap { ($0 as? Dropout)?.site })
    #expect(described.initialParameters(seed: 3) == made.initialParameters(seed: 3))
  }

  @Test("convolution, rectifier and pooling become one layer with the values of the three")
  func fused() throws {
    let parts: [LayerDescription] = [.convolution(5, kernel: 3), .relu, .maxPool(2), .dense()]
    let fused = try NetworkDescription(name: "fused", layers: parts)
      .makeArchitecture(input: Self.grey, classes: 3)
    #expect(fused.layers.map(\.name) == ["conv1", "dense1"])
    // With a batch normalisation that changes nothing between them they stay apart.
    let apart = try NetworkDescription(
      name: "apart", layers: [parts[0], .batchNormalisation] + parts[1...]
    ).makeArchitecture(input: Self.grey, classes: 3)
    #expect(apart.layers.map(\.name) == ["conv1", "batchnorm1", "relu1", "pool1", "dense1"])
    let parameters = fused.initialParameters(seed: 1)
    let scale = (1 + BatchNormalisation.epsilon).squareRoot()
    let more = [scale, 0, 0, 1].flatMap { [Float](repeating: $0, count: 5) }
    let convolution = 5 * 10
    let outputs = [
      (fused, parameters),
      (apart, parameters.prefix(convolution) + more + parameters.dropFirst(convolution)),
    ].map { architecture, parameters in
      let propagation = Propagation(
        architecture: architecture, capacity: 2, dropout: false, gradients: false)
      let input = RandomStream(seed: 2, stream: 0).uniform(count: 2 * 784, bound: 1, pass: 0)
      propagation.input.update(from: input, count: input.count)
      propagation.forward(rows: 2, parameters: Array(parameters))
      return (0..<6).map { propagation.output[$0] }
    }
    #expect(zip(outputs[0], outputs[1]).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test("a description is read back as it was written", arguments: NetworkDescription.presets)
  func roundTrip(description: NetworkDescription) throws {
    var description = description
    description.layers.insert(
      .residual(
        [.convolution(1, kernel: 3, padding: .pixels(1), bias: false), .batchNormalisation],
        shortcut: [.convolution(1, kernel: 1)]), at: 0)
    description.layers[1].name = "stem"
    let data = try JSONEncoder().encode(description)
    #expect(try JSONDecoder().decode(NetworkDescription.self, from: data) == description)
  }

  @Test(
    "what is wrong with a description is said",
    arguments: [
      (#"["conv"]"#, "there is no layer 'conv'"),
      (#"[{"dense": {"unit": 3}}]"#, "dense has no setting 'unit'; it has units, l2, name"),
      (#"[{"convolution": {"filters": 3}}]"#, "convolution needs a setting 'kernel'"),
      (#"[{"relu": {}, "dense": {}}]"#, "a layer is one word"),
    ])
  func unreadable(layers: String, problem: String) throws {
    let text = #"{"name": "net", "layers": \#(layers)}"#
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(NetworkDescription.self, from: Data(text.utf8))
    }
    #expect("\(try #require(error))".contains(problem))
  }

  @Test(
    "layers that don't fit are refused",
    arguments: [
      ([.maxPool(29), .dense()], "layer 1: max_pool of 29 x 29 does not fit into 28 x 28 x 1"),
      ([.relu, .dropout(1), .dense()], "layer 2: dropout has rate 1.0"),
      ([.convolution(3, kernel: 30), .dense()], "layer 1: convolution of 30 x 30 does not fit"),
      ([.dense(3)], "the last layer must be dense"),
      ([], "the last layer must be dense"),
      ([.residual([.convolution(2, kernel: 3)]), .dense()], "the branch gives 26 x 26 x 2"),
      ([LayerDescription(.relu, name: "a"), LayerDescription(.relu, name: "a")], "the name 'a'"),
    ] as [([LayerDescription], String)])
  func unfit(layers: [LayerDescription], problem: String) throws {
    let error = #expect(throws: NetworkDescriptionError.self) {
      try NetworkDescription(name: "net", layers: layers)
        .makeArchitecture(input: Self.grey, classes: 10)
    }
    #expect(try #require(error).description.contains(problem))
  }

  /// A residual network with batch normalisation and dropout, in small.
  static let residual = NetworkDescription(
    name: "residual",
    layers: [
      .convolution(4, kernel: 3, stride: 2, padding: .same, bias: false), .batchNormalisation,
      .relu,
      .residual([
        .convolution(4, kernel: 3, padding: .same), .batchNormalisation, .relu, .dropout(0.2),
      ]),
      .globalAveragePool, .dense(),
    ])

  @Test("a network with running statistics trains to the same bits by any threads, also resumed")
  func training() throws {
    let architecture = try Self.residual.makeArchitecture(
      input: ImageShape(height: 16, width: 16, channels: 1), classes: 2)
    let tests = TrainerTests()
    let (one, two) = (
      tests.trainer(threads: 1, architecture: architecture),
      tests.trainer(threads: 2, architecture: architecture)
    )
    let epochs = tests.finish(one)
    #expect(epochs == tests.finish(two))
    #expect(one.state == two.state)
    let last = try #require(epochs.last)
    #expect(last.loss < epochs[0].loss)
    let interrupted = tests.trainer(architecture: architecture)
    for _ in 0..<5 { _ = interrupted.step() }
    let state = try #require(TrainingState(bytes: interrupted.state.bytes))
    let resumed = tests.trainer(threads: 2, resuming: state, architecture: architecture)
    _ = tests.finish(resumed)
    #expect(resumed.state == one.state)
    // The running statistics have followed the batches before the interruption, and after it.
    let kinds = architecture.layers.flatMap(\.parameterGroups).flatMap { group in
      [ParameterGroup.Kind](repeating: group.kind, count: group.count)
    }
    func statistics(_ parameters: [Float]) -> [Float] {
      zip(parameters, kinds).filter { $1 == .statistics }.map(\.0)
    }
    let passed = [architecture.initialParameters(seed: 1), state.parameters, one.state.parameters]
      .map(statistics)
    #expect(passed[0].count == 16)
    for (before, after) in zip(passed, passed.dropFirst()) {
      #expect(zip(before, after).allSatisfy { $0 != $1 })
    }
  }

  @Test("draws through a block that holds dropout have the masks of their image and pass")
  func draws() throws {
    let architecture = try Self.residual.makeArchitecture(
      input: ImageShape(height: 16, width: 16, channels: 1), classes: 2)
    let network = Network(
      architecture: architecture, parameters: architecture.initialParameters(seed: 1))
    #expect(network.capabilities.contains(.draws))
    let pixels = RandomStream(seed: 3, stream: 0).uniform(count: 2 * 256, bound: 1, pass: 0)
    func draw(_ images: [Int]) -> [Float] {
      let draws = network.makeDraws(images: 2, passes: 3, seed: 7, purpose: 4)
      for (row, image) in images.enumerated() {
        for pixel in 0..<256 { draws.input[row * 256 + pixel] = pixels[image * 256 + pixel] }
      }
      guard let logits = try? draws.forward(images: images) else { return [] }
      return (0..<images.count * 6).map { logits[$0] }
    }
    let both = draw([0, 1])
    #expect(both == draw([0]) + draw([1]))
    #expect(both[0..<2] != both[2..<4])
  }
}
