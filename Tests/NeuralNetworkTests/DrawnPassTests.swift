import Classifier
import NeuralNetwork
import Tensor
import Testing

/// Gradients under draws of dropout, and of inner layers' features.
@Suite struct DrawnPassTests {
  static let input = ImageShape(height: 16, width: 16, channels: 1)
  static let size = input.count

  /// A network whose first dropout comes after a shared layer, and one that begins with dropout.
  static let networks: [Network] = {
    let lenet = Architecture.leNet(
      LeNetConfiguration(conv1: 3, conv2: 4, dense1: 20), input: input, classes: 4)
    let early = Architecture(
      name: "early",
      layers: [
        Dropout(name: "dropout", input: input, site: 0, rate: 0.25),
        Dense(name: "dense1", input: input, outputs: 12),
        ReLU(name: "relu", input: .vector(12)),
        Dense(name: "dense2", input: .vector(12), outputs: 4),
      ])
    return [lenet, early].map {
      Network(architecture: $0, parameters: $0.initialParameters(seed: 5))
    }
  }()

  static let pixels = RandomStream(seed: 6, stream: 0).uniform(
    count: 5 * size, bound: 0.25, pass: 0
  ).map { 0.5 + $0 }

  static func weights(_ count: Int) -> [Float] {
    RandomStream(seed: 8, stream: 0).uniform(count: count, bound: 1, pass: 0)
  }

  /// Logits of draws of some images, and the gradients of a weighted sum of them.
  func pass(
    _ network: Network, _ images: [Int], draws: Int, firstDraw: Int = 0, pixels: [Float] = pixels
  ) throws -> (logits: [Float], gradients: [Float]) {
    let pass = network.makeDrawnPass(capacity: 5, draws: draws, seed: 7, purpose: 4)
    for (row, image) in images.enumerated() {
      for pixel in 0..<Self.size {
        pass.input[row * Self.size + pixel] = pixels[image * Self.size + pixel]
      }
    }
    let logits = try pass.forward(images: images, firstDraw: firstDraw)
    let count = draws * network.classCount
    let found = (0..<images.count * count).map { logits[$0] }
    for (row, image) in images.enumerated() {
      for (place, weight) in Self.weights(5 * count)[image * count..<(image + 1) * count]
        .enumerated()
      {
        pass.logitGradient[row * count + place] = weight
      }
    }
    let gradients = try pass.backward()
    return (found, (0..<images.count * Self.size).map { gradients[$0] })
  }

  @Test("its draws are those of Monte Carlo passes, from any draw on", arguments: 0..<2)
  func sameDraws(number: Int) throws {
    let network = Self.networks[number]
    let reference = network.makeDraws(images: 2, passes: 6, seed: 7, purpose: 4)
    for pixel in 0..<2 * Self.size { reference.input[pixel] = Self.pixels[3 * Self.size + pixel] }
    let logits = try reference.forward(images: [3, 4])
    let classes = network.classCount
    for (firstDraw, draws) in [(0, 6), (2, 3), (5, 1)] {
      let found = try pass(network, [3, 4], draws: draws, firstDraw: firstDraw).logits
      for row in 0..<2 {
        for element in 0..<draws * classes {
          let expected = logits[(row * 6 + firstDraw) * classes + element]
          #expect(abs(found[row * draws * classes + element] - expected) < 1e-5)
        }
      }
    }
  }

  @Test("an image has the same draws and gradients in any batch", arguments: 0..<2)
  func batches(number: Int) throws {
    let network = Self.networks[number]
    let together = try pass(network, [0, 1, 2, 3, 4], draws: 3, firstDraw: 9)
    let apart = try (0..<5).map { try pass(network, [$0], draws: 3, firstDraw: 9) }
    for (one, other) in zip(together.logits, apart.flatMap(\.logits)) {
      #expect(abs(one - other) < 1e-5)
    }
    for (one, other) in zip(together.gradients, apart.flatMap(\.gradients)) {
      #expect(abs(one - other) < 1e-5)
    }
  }

  @Test("gradients under draws agree with finite differences", arguments: 0..<2)
  func drawGradients(number: Int) throws {
    let network = Self.networks[number]
    let draws = 4
    let count = draws * network.classCount
    let weights = Self.weights(5 * count)
    func values(_ pixels: [Float]) throws -> [Double] {
      let logits = try pass(network, [0, 1, 2, 3, 4], draws: draws, pixels: pixels).logits
      return (0..<5).map { image in
        (image * count..<(image + 1) * count).reduce(0) {
          $0 + Double(weights[$1]) * Double(logits[$1])
        }
      }
    }
    let gradients = try pass(network, [0, 1, 2, 3, 4], draws: draws).gradients
    try expectDerivatives(gradients, values)
  }

  @Test("gradients of features agree with finite differences")
  func featureGradients() throws {
    for network in Self.networks {
      for layer in network.featureLayers {
        let width = try #require(network.featureCount(of: layer))
        let weights = Self.weights(5 * width)
        let pass = network.makeFeaturePass(layer: layer, capacity: 5, gradients: true)
        func features(_ pixels: [Float]) throws -> UnsafePointer<Float> {
          for (place, pixel) in pixels.enumerated() { pass.input[place] = pixel }
          return try pass.forward(rows: 5)
        }
        func values(_ pixels: [Float]) throws -> [Double] {
          let features = try features(pixels)
          return (0..<5).map { image in
            (image * width..<(image + 1) * width).reduce(0) {
              $0 + Double(weights[$1]) * Double(features[$1])
            }
          }
        }
        _ = try features(Self.pixels)
        for (place, weight) in weights.enumerated() { pass.featureGradient[place] = weight }
        let gradient = try pass.backward(rows: 5)
        try expectDerivatives((0..<5 * Self.size).map { gradient[$0] }, values)
      }
    }
  }

  /// Compares gradients with central differences along themselves. Most images have no kink so near.
  private func expectDerivatives(
    _ gradients: [Float], _ values: ([Float]) throws -> [Double]
  ) throws {
    let lengths = (0..<5).map { image in
      gradients[image * Self.size..<(image + 1) * Self.size].reduce(0.0) {
        $0 + Double($1) * Double($1)
      }.squareRoot()
    }
    #expect(lengths.allSatisfy { $0 > 0 })
    let step = 0.004
    func moved(_ sign: Double) -> [Float] {
      Self.pixels.indices.map {
        Self.pixels[$0] + Float(sign * step * Double(gradients[$0]) / lengths[$0 / Self.size])
      }
    }
    let (ahead, behind) = (try values(moved(1)), try values(moved(-1)))
    let errors = (0..<5).map {
      abs((ahead[$0] - behind[$0]) / (2 * step) - lengths[$0]) / lengths[$0]
    }.sorted()
    #expect(errors[2] < 0.02, "errors \(errors)")
  }
}
