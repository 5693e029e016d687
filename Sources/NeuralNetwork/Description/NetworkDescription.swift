public import Classifier

/// A network as data: its layers in order, for images of any shape that they take.
public struct NetworkDescription: Sendable, Equatable, Codable {
  /// The network's name, such as "feinman-mnist".
  public var name: String
  /// The distribution of the weights before training.
  public var initialisation: Initialisation
  /// The layers, from the image to the logits.
  public var layers: [LayerDescription]

  /// Describes a network.
  public init(name: String, initialisation: Initialisation = .he, layers: [LayerDescription]) {
    self.name = name
    self.initialisation = initialisation
    self.layers = layers
  }

  /// Reads a description, whose weights have the bound `he` unless it says another.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    initialisation =
      try container.decodeIfPresent(Initialisation.self, forKey: .initialisation) ?? .he
    layers = try container.decode([LayerDescription].self, forKey: .layers)
  }

  /// The layers of a network for images of a shape.
  ///
  /// Where a convolution with stride 1 and no padding, a max-pooling of 2 and a rectifier stand
  /// together, in either order of the last two, one layer computes all three. It has the name of the
  /// convolution.
  ///
  /// - Throws: ``NetworkDescriptionError`` for settings that are impossible, or don't fit the images.
  public func makeArchitecture(
    input: ImageShape, classes: Int
  ) throws(NetworkDescriptionError) -> Architecture {
    var builder = ArchitectureBuilder(classes: classes)
    let built = try builder.build(layers, input: input)
    guard let last = built.last, last is Dense, last.output.count == classes else {
      throw NetworkDescriptionError(
        layer: layers.count, problem: "the last layer must be dense, without a number of units")
    }
    return Architecture(name: name, layers: built, initialisation: initialisation)
  }
}

/// What is impossible about a network's description.
public struct NetworkDescriptionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The layer's number in its list, counted from 1.
  public let layer: Int
  /// What is wrong with it.
  public let problem: String

  /// The layer and its problem, in one line.
  public var description: String { "layer \(layer): \(problem)" }
}
