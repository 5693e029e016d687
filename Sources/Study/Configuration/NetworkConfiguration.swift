internal import Classifier
public import NeuralNetwork
internal import Sweep

/// The classifier's layers: LeNet with its widths and dropout, or a list.
public struct NetworkConfiguration: Codable, Sendable, Equatable {
  /// The architecture's name; "lenet" unless there is a description.
  public var architecture = "lenet"
  /// Maps of the first convolution.
  public var conv1 = 20
  /// Maps of the second convolution.
  public var conv2 = 50
  /// Units of the hidden dense layer.
  public var dense1 = 500
  /// The dropout rate, above 0 and at most 0.99.
  public var dropoutRate = 0.5
  /// The layers that dropout follows: pool1, pool2, dense1.
  public var dropoutSites = LeNetConfiguration.sites
  /// The layers of a network that is described; nil for LeNet, whose settings stand above.
  public private(set) var described: NetworkDescription?

  enum CodingKeys: String, CodingKey {
    case architecture, conv1, conv2, dense1, initialisation, layers
    case dropoutRate = "dropout_rate"
    case dropoutSites = "dropout_sites"
  }

  /// LeNet as the papers' study has it.
  public init() {}

  /// A network by its description; "lenet" of the presets is LeNet.
  public init(_ description: NetworkDescription) {
    guard description != NetworkDescription.preset(named: "lenet") else { return }
    architecture = description.name
    described = description
  }

  /// Reads LeNet's settings, the name of a preset, or a list of layers.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let name = try container.decode(String.self, forKey: .architecture)
    try Self.refuseMixture(in: container, named: name)
    if container.contains(.layers) {
      self.init(try NetworkDescription(from: decoder, name: name))
      return
    }
    if Self.isOtherPreset(name), let preset = NetworkDescription.preset(named: name) {
      self.init(preset)
      return
    }
    self.init()
    architecture = name
    conv1 = try container.decode(Int.self, forKey: .conv1)
    conv2 = try container.decode(Int.self, forKey: .conv2)
    dense1 = try container.decode(Int.self, forKey: .dense1)
    dropoutRate = try container.decode(Double.self, forKey: .dropoutRate)
    dropoutSites = try container.decode([String].self, forKey: .dropoutSites)
  }

  /// The settings that LeNet has in the place of a list of layers.
  static let settingsOfLeNet: [CodingKeys] = [
    .conv1, .conv2, .dense1, .dropoutRate, .dropoutSites,
  ]

  /// Whether a name is that of a preset which has a list of layers in the place of LeNet's settings.
  static func isOtherPreset(_ name: String) -> Bool {
    name != "lenet" && NetworkDescription.preset(named: name) != nil
  }

  /// Refuses settings that the network would silently go without.
  private static func refuseMixture(
    in container: KeyedDecodingContainer<CodingKeys>, named name: String
  ) throws {
    func refuse(_ setting: CodingKeys, _ reason: String) throws {
      guard container.contains(setting) else { return }
      throw DecodingError.dataCorruptedError(
        forKey: setting, in: container, debugDescription: reason)
    }
    guard container.contains(.layers) else {
      try refuse(.initialisation, "it belongs to a list of layers")
      if isOtherPreset(name) {
        try settingsOfLeNet.forEach { try refuse($0, "it is LeNet's, which is not the network") }
      }
      return
    }
    try settingsOfLeNet.forEach {
      try refuse($0, "it is LeNet's, and a list of layers says its own widths and dropout")
    }
  }

  /// Writes LeNet's settings, or the whole list of layers.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(architecture, forKey: .architecture)
    if let described {
      try container.encode(described.initialisation, forKey: .initialisation)
      try container.encode(described.layers, forKey: .layers)
      return
    }
    try container.encode(conv1, forKey: .conv1)
    try container.encode(conv2, forKey: .conv2)
    try container.encode(dense1, forKey: .dense1)
    try container.encode(dropoutRate, forKey: .dropoutRate)
    try container.encode(dropoutSites, forKey: .dropoutSites)
  }

  /// The layers for images of a shape.
  ///
  /// - Throws: ``ConfigurationError`` naming the layer that is impossible or doesn't fit.
  func makeArchitecture(
    input: ImageShape, classes: Int
  ) throws(ConfigurationError) -> Architecture {
    guard let described else {
      return .leNet(
        LeNetConfiguration(
          conv1: conv1, conv2: conv2, dense1: dense1, dropoutRate: dropoutRate,
          dropoutSites: dropoutSites),
        input: input, classes: classes)
    }
    do {
      return try described.makeArchitecture(input: input, classes: classes)
    } catch {
      throw ConfigurationError(
        setting: "network.layers",
        problem: "don't fit images of \(input.height) x \(input.width) x \(input.channels): "
          + error.description)
    }
  }

  /// The dropout of a network, as its record has it: the rate if all sites share it, and the layers
  /// that it follows.
  func recordedDropout(of architecture: Architecture) -> (rate: Double?, sites: [String]) {
    guard let described else { return (dropoutRate, dropoutSites) }
    let all = architecture.layers.flatMap { ($0 as? Residual)?.layers ?? [$0] }
    let dropouts = all.compactMap { $0 as? Dropout }
    let rates = Set(described.layers.flatMap(\.dropoutRates))
    return (
      rates.count > 1 ? nil : rates.first ?? 0,
      dropouts.map { $0.name.replacing("dropout after ", with: "") }
    )
  }
}

extension NetworkDescription {
  /// Reads the initialisation and layers of a network whose name is known.
  fileprivate init(from decoder: any Decoder, name: String) throws {
    let container = try decoder.container(keyedBy: NetworkConfiguration.CodingKeys.self)
    self.init(
      name: name,
      initialisation: try container.decodeIfPresent(
        Initialisation.self, forKey: .initialisation) ?? .he,
      layers: try container.decode([LayerDescription].self, forKey: .layers))
  }
}

extension LayerDescription {
  /// The rate of a dropout, or those of the dropouts in a residual.
  fileprivate var dropoutRates: [Double] {
    switch kind {
    case .dropout(let rate): [rate]
    case .residual(let branch, let shortcut): (branch + shortcut).flatMap(\.dropoutRates)
    default: []
    }
  }
}
