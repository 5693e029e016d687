public import Classifier
internal import Tensor

extension Network: Classifier {
  /// The architecture's name.
  public var name: String { architecture.name }
  /// The shape of one image.
  public var input: ImageShape { architecture.input }
  /// The number of outputs.
  public var classCount: Int { architecture.classCount }
  /// The names of the layers whose outputs can be read, see ``Architecture/featureLayers``.
  public var featureLayers: [String] { architecture.featureLayers }
  /// The default of them, see ``Architecture/defaultFeatureLayer``.
  public var defaultFeatureLayer: String { architecture.defaultFeatureLayer }

  /// Gradients and features with theirs, and draws with theirs if there is a dropout layer.
  public var capabilities: ClassifierCapabilities { architecture.capabilities }

  /// The number of features that a layer gives, or nil if ``featureLayers`` doesn't have it.
  public func featureCount(of layer: String) -> Int? { architecture.featureCount(of: layer) }

  /// The number of maps of a layer, or of its units if it has no positions.
  public func featureChannels(of layer: String) -> Int? {
    featureLayers.contains(layer)
      ? architecture.layers.first { $0.name == layer }?.output.channels : nil
  }

  /// Makes a worker's memory, with dropout off.
  public func makePass(capacity: Int, gradients: Bool) -> any ClassifierPass {
    NetworkPass(network: self, capacity: capacity, gradients: gradients)
  }

  /// Makes a worker's memory for passes with dropout on.
  public func makeDraws(
    images: Int, passes: Int, seed: UInt64, purpose: UInt32
  ) -> any ClassifierDraws {
    NetworkDraws(network: self, images: images, passes: passes, seed: seed, purpose: purpose)
  }

  /// Makes a worker's memory for passes with dropout on and their gradients.
  public func makeDrawnPass(
    capacity: Int, draws: Int, seed: UInt64, purpose: UInt32
  ) -> any ClassifierDrawnPass {
    NetworkDrawnPass(
      network: self, capacity: capacity, draws: draws, seed: seed, purpose: purpose)
  }

  /// Makes a worker's memory for the layers up to one, with dropout off.
  public func makeFeaturePass(
    layer: String, capacity: Int, gradients: Bool
  ) -> any ClassifierFeatures {
    guard let index = architecture.layers.firstIndex(where: { $0.name == layer }) else {
      preconditionFailure("\(name) has no layer '\(layer)' with features")
    }
    return NetworkPass(
      network: self, range: 0..<index + 1, capacity: capacity, gradients: gradients)
  }
}

/// A propagation through the layers of a network, with its parameters and without dropout.
private final class NetworkPass: ClassifierPass, ClassifierFeatures {
  private let parameters: [Float]
  private let propagation: Propagation

  init(network: Network, range: Range<Int>? = nil, capacity: Int, gradients: Bool) {
    parameters = network.parameters
    propagation = Propagation(
      architecture: network.architecture, range: range, capacity: capacity, dropout: false,
      gradients: gradients)
  }

  var input: UnsafeMutablePointer<Float> { propagation.input }
  var logitGradient: UnsafeMutablePointer<Float> { propagation.outputGradient }
  var featureGradient: UnsafeMutablePointer<Float> { propagation.outputGradient }

  func forward(rows: Int) -> UnsafePointer<Float> {
    propagation.forward(rows: rows, parameters: parameters)
    return propagation.output
  }

  func backward(rows: Int) -> UnsafePointer<Float> {
    propagation.backward(rows: rows, parameters: parameters, toInput: true)
    return propagation.inputGradient
  }
}

extension Architecture {
  /// Gradients and features with theirs, and draws with theirs if there is a dropout layer.
  var capabilities: ClassifierCapabilities {
    let always: ClassifierCapabilities = [.gradient, .features, .featureGradient]
    return firstDropout < layers.count ? always.union([.draws, .drawGradient]) : always
  }

  /// What can be said of any network of this architecture.
  public var described: ClassifierDescription {
    ClassifierDescription(
      name: name, input: input, capabilities: capabilities, featureLayers: featureLayers)
  }

  /// The names of the layers whose outputs can be read: all but the dropout layers, which change
  /// nothing while dropout is off.
  public var featureLayers: [String] {
    layers.filter { !($0 is Dropout) }.map(\.name)
  }

  /// The layer whose outputs detectors take for an image's features unless another is named.
  ///
  /// It is the rectifier after the last hidden dense layer. If there is none, it is the last layer
  /// before the one that gives the logits, dropout aside.
  public var defaultFeatureLayer: String {
    let hidden = layers.dropLast().filter { !($0 is Dropout) }
    for (dense, rectifier) in zip(hidden, hidden.dropFirst()).reversed()
    where dense is Dense && rectifier is ReLU {
      return rectifier.name
    }
    return (hidden.last ?? layers[layers.count - 1]).name
  }

  /// The number of features that a layer gives, or nil if ``featureLayers`` doesn't have it.
  public func featureCount(of layer: String) -> Int? {
    featureLayers.contains(layer) ? layers.first { $0.name == layer }?.output.count : nil
  }
}
