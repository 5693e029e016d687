public import Classifier
internal import Tensor

/// The layers of a classifier, from the image to one logit per class.
public struct Architecture: Sendable {
  /// The architecture's name, such as "lenet".
  public let name: String
  /// The layers in order, where each takes the output of the one before it.
  public let layers: [any Layer]
  /// The distribution of the weights before training.
  public let initialisation: Initialisation
  /// Where each layer's parameters lie in the network's.
  let parameterRanges: [Range<Int>]

  /// Chains layers into an architecture.
  ///
  /// - Parameters:
  ///   - name: The architecture's name.
  ///   - layers: The layers in order.
  ///   - initialisation: The distribution of the weights before training.
  /// - Precondition: There is a layer, and each takes as many elements as the one before it gives.
  public init(name: String, layers: [any Layer], initialisation: Initialisation = .caffe) {
    precondition(!layers.isEmpty, "an architecture needs layers")
    for (before, after) in zip(layers, layers.dropFirst()) {
      precondition(
        before.output.count == after.input.count,
        "\(after.name) takes \(after.input.count) elements, \(before.name) gives \(before.output.count)"
      )
    }
    self.name = name
    self.layers = layers
    self.initialisation = initialisation
    var end = 0
    parameterRanges = layers.map { layer in
      defer { end += layer.parameterCount }
      return end..<end + layer.parameterCount
    }
  }

  /// The shape of one image, which is the first layer's input.
  public var input: ImageShape { layers[0].input }
  /// The number of classes, which is the number of outputs of the last layer.
  public var classCount: Int { layers[layers.count - 1].output.count }
  /// The number of parameters of all layers together.
  public var parameterCount: Int { parameterRanges[parameterRanges.count - 1].upperBound }

  /// The index of the first dropout layer, or the number of layers if there is none.
  ///
  /// The layers before it compute the same in every stochastic pass.
  public var firstDropout: Int { layers.firstIndex(where: \.dropsElements) ?? layers.count }

  /// Draws initial parameters by ``initialisation``.
  ///
  /// - Parameter seed: The seed, which determines every parameter.
  /// - Returns: The parameters of all layers, the first layer's first.
  public func initialParameters(seed: UInt64) -> [Float] {
    let stream = RandomStream(seed: seed, stream: RandomPurpose.initialParameters << 8)
    return layers.enumerated().flatMap { index, layer in
      layer.initialParameters(initialisation, from: stream, pass: UInt32(index))
    }
  }
}

/// A classifier: an architecture and its parameters.
public struct Network: Sendable {
  /// The layers that ``parameters`` belong to.
  public let architecture: Architecture
  /// The parameters of all layers, the first layer's first.
  public let parameters: [Float]

  /// Pairs an architecture with parameters for it.
  ///
  /// - Precondition: `parameters` are as many as the architecture has.
  public init(architecture: Architecture, parameters: [Float]) {
    precondition(
      parameters.count == architecture.parameterCount,
      "\(architecture.name) has \(architecture.parameterCount) parameters, got \(parameters.count)")
    self.architecture = architecture
    self.parameters = parameters
  }
}
