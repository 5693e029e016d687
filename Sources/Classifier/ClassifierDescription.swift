/// What is known of a classifier before there is one: enough to say whether some work is possible.
public struct ClassifierDescription: Sendable, Equatable {
  /// The architecture's name, or the name of a served model.
  public let name: String
  /// The shape of one image.
  public let input: ImageShape
  /// What the classifier can do beside giving logits.
  public let capabilities: ClassifierCapabilities
  /// The names of the layers whose outputs can be read.
  public let featureLayers: [String]

  /// Describes a classifier that there is not yet.
  public init(
    name: String, input: ImageShape, capabilities: ClassifierCapabilities, featureLayers: [String]
  ) {
    self.name = name
    self.input = input
    self.capabilities = capabilities
    self.featureLayers = featureLayers
  }

  /// Makes sure that the classifier is capable of something before work begins that needs it.
  ///
  /// - Parameters:
  ///   - capability: What is needed.
  ///   - user: What needs it, such as "the attack 'fgsm'".
  /// - Throws: ``ClassifierError/missing(_:model:neededBy:)``.
  public func require(
    _ capability: ClassifierCapabilities, for user: String
  ) throws(ClassifierError) {
    let missing = capability.subtracting(capabilities)
    guard missing.isEmpty else { throw .missing(missing, model: name, neededBy: user) }
  }
}

extension Classifier {
  /// What can be said of the classifier without its parameters.
  public var described: ClassifierDescription {
    ClassifierDescription(
      name: name, input: input, capabilities: capabilities, featureLayers: featureLayers)
  }
}
