public import Classifier

/// What a served model says of itself.
public struct ModelIdentity: Sendable, Equatable {
  /// In which order a process takes and gives the values of an image.
  public enum Layout: String, Sendable {
    /// [channels, height, width], as PyTorch has it.
    case channelsFirst = "channels_first"
    /// [height, width, channels], as Assay has it.
    case channelsLast = "channels_last"
  }

  /// The version of the protocol that Assay speaks.
  public static let knownVersion = 1

  /// The version of the protocol that the process speaks.
  public let version: Int
  /// The model's name.
  public let name: String
  /// The number of logits.
  public let classCount: Int
  /// The shape of an image.
  public let shape: ImageShape
  /// The order of an image's values.
  public let layout: Layout
  /// SHA-256 over weights and architecture, 64 hexadecimal digits.
  public let digest: String
  /// What it gives beside logits.
  public let capabilities: ClassifierCapabilities
  /// Whether it keeps what a gradient needs of the last forward pass.
  public let keepsGraph: Bool
  /// The layers whose outputs it gives, by name, with their widths.
  public let layers: [String: Int]
  /// The layer that is read unless another is named; empty if it gives none.
  public let defaultLayer: String
  /// How many images suit it best; nil for any number.
  public let batchSize: Int?
  /// Where it computes, such as "cuda:0"; empty if it does not say.
  public let device: String
  /// What it computes with, such as "torch 2.9"; empty if it does not say.
  public let framework: String

  /// The capabilities, as the protocol names them.
  public var capabilityNames: [String] {
    Self.names.filter { capabilities.contains($0.capability) }.map(\.name)
  }

  private static let names: [(name: String, capability: ClassifierCapabilities)] = [
    ("gradient", .gradient), ("draws", .draws), ("features", .features),
    ("draw_gradient", .drawGradient), ("feature_gradient", .featureGradient),
  ]

  /// The capabilities of names in the protocol; names that Assay does not know are left out.
  public static func capabilities(named known: [String]) -> ClassifierCapabilities {
    ClassifierCapabilities(names.filter { known.contains($0.name) }.map(\.capability))
  }

  /// The shape as the process has it.
  var wireShape: [Int] {
    layout == .channelsFirst
      ? [shape.channels, shape.height, shape.width]
      : [shape.height, shape.width, shape.channels]
  }

  /// What a process answers to hello.
  struct Answer: Decodable {
    let version: Int?
    let name: String?
    let classes: Int?
    let shape: [Int]?
    let layout: String?
    let digest: String?
    let capabilities: [String]?
    let layers: [String: Int]?
    let defaultLayer: String?
    let batch: Int?
    let device: String?
    let framework: String?

    private enum CodingKeys: String, CodingKey {
      case version, name, classes, shape, layout, digest, capabilities, layers, batch, device
      case framework
      case defaultLayer = "default_layer"
    }
  }

  /// Looks over an answer.
  ///
  /// - Throws: What cannot be, or `otherVersion`.
  init(_ answer: Answer) throws(IdentityProblem) {
    guard let version = answer.version else { throw .init("it has no version") }
    guard version == Self.knownVersion else {
      throw .init(.otherVersion(found: version, known: Self.knownVersion))
    }
    guard let name = answer.name, (1...200).contains(name.count) else {
      throw .init("its name has not 1 to 200 characters")
    }
    guard let classes = answer.classes, (2...1_000_000).contains(classes) else {
      throw .init("it has not 2 to 1000000 classes")
    }
    guard let layout = answer.layout.flatMap(Layout.init(rawValue:)) else {
      throw .init("its layout is neither channels_first nor channels_last")
    }
    guard let sides = answer.shape, sides.count == 3,
      sides.allSatisfy({ (1...65_536).contains($0) }), sides.reduce(1, *) <= 1 << 28
    else { throw .init("its shape has not three sides of sensible length") }
    guard let digest = answer.digest, digest.count == 64,
      digest.allSatisfy({ $0.isHexDigit && !$0.isUppercase })
    else { throw .init("its digest has not 64 hexadecimal digits in lower case") }
    let capabilities = answer.capabilities ?? []
    let layers = capabilities.contains("features") ? answer.layers ?? [:] : [:]
    guard layers.allSatisfy({ !$0.key.isEmpty && $0.value > 0 }) else {
      throw .init("a layer has no name or no features")
    }
    let defaultLayer = answer.defaultLayer ?? layers.keys.sorted().last ?? ""
    if capabilities.contains("features") {
      guard !layers.isEmpty else { throw .init("it gives features of no layer") }
      guard layers[defaultLayer] != nil else {
        throw .init("its default layer '\(defaultLayer)' is none of its layers")
      }
    }
    if let batch = answer.batch, !(1...1_000_000).contains(batch) {
      throw .init("its batch has not 1 to 1000000 images")
    }
    self.version = version
    self.name = name
    classCount = classes
    shape =
      layout == .channelsFirst
      ? ImageShape(height: sides[1], width: sides[2], channels: sides[0])
      : ImageShape(height: sides[0], width: sides[1], channels: sides[2])
    self.layout = layout
    self.digest = digest
    self.capabilities = Self.capabilities(named: capabilities)
    keepsGraph = capabilities.contains("keep") && capabilities.contains("gradient")
    self.layers = layers
    self.defaultLayer = layers.isEmpty ? "" : defaultLayer
    batchSize = answer.batch
    device = answer.device ?? ""
    framework = answer.framework ?? ""
  }

  /// Why an answer to hello is none.
  struct IdentityProblem: Error {
    let problem: ExternalModelError.Problem

    init(_ problem: ExternalModelError.Problem) {
      self.problem = problem
    }

    init(_ text: String) {
      problem = .wrongIdentity(problem: text)
    }
  }

  /// The first thing in which another process's model differs; nil if it is the same.
  func difference(from other: ModelIdentity) -> (what: String, expected: String, found: String)? {
    let pairs = [
      ("digest", other.digest, digest), ("name", other.name, name),
      ("shape", "\(other.wireShape)", "\(wireShape)"),
      ("number of classes", "\(other.classCount)", "\(classCount)"),
      (
        "list of capabilities", other.capabilityNames.joined(separator: ","),
        capabilityNames.joined(separator: ",")
      ),
    ]
    return pairs.first { $0.1 != $0.2 }
  }
}
