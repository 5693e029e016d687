/// A key of a description: the word for a kind, or a setting's name.
private struct DescriptionKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) {
    self.stringValue = stringValue
  }

  init?(intValue: Int) { nil }
}

private typealias Settings = KeyedDecodingContainer<DescriptionKey>

extension LayerDescription: Codable {
  /// The settings that each kind of layer takes.
  public static let settings: [(word: String, names: [String])] = [
    ("convolution", ["filters", "kernel", "stride", "padding", "bias"]),
    ("batch_normalisation", []), ("relu", []), ("max_pool", ["size", "stride"]),
    ("average_pool", ["size", "stride"]), ("global_average_pool", []), ("dense", ["units", "l2"]),
    ("dropout", ["rate"]), ("residual", ["branch", "shortcut"]), ("flatten", []),
  ]

  /// Reads a word, such as `relu`, or a word with its settings, such as `dense: {units: 128}`.
  ///
  /// - Throws: `DecodingError` that says what there is instead of what isn't known.
  public init(from decoder: any Decoder) throws {
    if let word = try? decoder.singleValueContainer().decode(String.self) {
      try self.init(word: word, settings: nil, path: decoder.codingPath)
      return
    }
    let container = try decoder.container(keyedBy: DescriptionKey.self)
    guard let key = container.allKeys.first, container.allKeys.count == 1 else {
      throw Self.error("a layer is one word, with or without settings", at: decoder.codingPath)
    }
    let isEmpty = (try? container.decodeNil(forKey: key)) ?? false
    try self.init(
      word: key.stringValue,
      settings: isEmpty
        ? nil : container.nestedContainer(keyedBy: DescriptionKey.self, forKey: key),
      path: decoder.codingPath)
  }

  private init(word: String, settings: Settings?, path: [any CodingKey]) throws {
    guard let known = Self.settings.first(where: { $0.word == word })?.names else {
      throw Self.error(
        "there is no layer '\(word)'; there are "
          + Self.settings.map(\.word).joined(separator: ", "), at: path)
    }
    for key in settings?.allKeys ?? [] where !(known + ["name"]).contains(key.stringValue) {
      throw Self.error(
        "\(word) has no setting '\(key.stringValue)'; it has "
          + (known + ["name"]).joined(separator: ", "), at: path)
    }
    func given<Value: Decodable>(_ name: String) throws -> Value? {
      try settings?.decodeIfPresent(Value.self, forKey: DescriptionKey(stringValue: name))
    }
    func value<Value: Decodable>(_ name: String, or other: Value?) throws -> Value {
      if let value: Value = try given(name) { return value }
      guard let other else { throw Self.error("\(word) needs a setting '\(name)'", at: path) }
      return other
    }
    name = try given("name")
    switch word {
    case "convolution":
      kind = .convolution(
        filters: try value("filters", or: nil), kernel: try value("kernel", or: nil),
        stride: try value("stride", or: 1), padding: try value("padding", or: .valid),
        bias: try value("bias", or: true))
    case "batch_normalisation": kind = .batchNormalisation
    case "relu": kind = .relu
    case "max_pool":
      let size: Int = try value("size", or: 2)
      kind = .maxPool(size: size, stride: try value("stride", or: size))
    case "average_pool":
      let size: Int = try value("size", or: 2)
      kind = .averagePool(size: size, stride: try value("stride", or: size))
    case "global_average_pool": kind = .globalAveragePool
    case "dense":
      kind = .dense(units: try given("units"), l2: try value("l2", or: 0))
    case "dropout": kind = .dropout(rate: try value("rate", or: nil))
    case "residual":
      kind = .residual(
        branch: try value("branch", or: nil), shortcut: try value("shortcut", or: []))
    default: kind = .flatten
    }
  }

  private static func error(_ problem: String, at path: [any CodingKey]) -> DecodingError {
    .dataCorrupted(DecodingError.Context(codingPath: path, debugDescription: problem))
  }

  /// Writes a word, with all settings where the kind has any.
  public func encode(to encoder: any Encoder) throws {
    let known = Self.settings.first { $0.word == word }?.names ?? []
    guard !known.isEmpty || name != nil else {
      var container = encoder.singleValueContainer()
      try container.encode(word)
      return
    }
    var container = encoder.container(keyedBy: DescriptionKey.self)
    var settings = container.nestedContainer(
      keyedBy: DescriptionKey.self, forKey: DescriptionKey(stringValue: word))
    func write(_ value: some Encodable, _ name: String) throws {
      try settings.encode(value, forKey: DescriptionKey(stringValue: name))
    }
    if let name { try write(name, "name") }
    switch kind {
    case .convolution(let filters, let kernel, let stride, let padding, let bias):
      try write(filters, "filters")
      try write(kernel, "kernel")
      try write(stride, "stride")
      try write(padding, "padding")
      try write(bias, "bias")
    case .maxPool(let size, let stride), .averagePool(let size, let stride):
      try write(size, "size")
      try write(stride, "stride")
    case .dense(let units, let l2):
      if let units { try write(units, "units") }
      try write(l2, "l2")
    case .dropout(let rate): try write(rate, "rate")
    case .residual(let branch, let shortcut):
      try write(branch, "branch")
      try write(shortcut, "shortcut")
    case .batchNormalisation, .relu, .globalAveragePool, .flatten: break
    }
  }
}

extension Padding: Codable {
  /// Reads "valid", "same" or a number of pixels.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let count = try? container.decode(Int.self) {
      self = .pixels(count)
      return
    }
    switch try? container.decode(String.self) {
    case "valid": self = .valid
    case "same": self = .same
    default:
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "padding is valid, same or a number of pixels")
    }
  }

  /// Writes what ``init(from:)`` reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .valid: try container.encode("valid")
    case .same: try container.encode("same")
    case .pixels(let count): try container.encode(count)
    }
  }
}
