internal import Classifier

/// Makes layers of their descriptions, one after another: each takes the shape that the one before it
/// gives.
struct ArchitectureBuilder {
  private let classes: Int
  /// How many layers of each kind have a name so far.
  private var counts: [String: Int] = [:]
  private var names: Set<String> = []
  private var dropoutCount = 0
  private var isInBlock = false

  init(classes: Int) {
    self.classes = classes
  }

  /// The layers of a list.
  mutating func build(
    _ descriptions: [LayerDescription], input: ImageShape
  ) throws(NetworkDescriptionError) -> [any Layer] {
    var layers: [any Layer] = []
    var shape = input
    var previous = "the images"
    var index = 0
    while index < descriptions.count {
      let description = descriptions[index]
      let name = try name(of: description, after: previous, at: index)
      previous = name
      let fused = Self.fusedCount(descriptions[index...], input: shape)
      if fused > 1, case .convolution(let filters, let kernel, _, _, _) = description.kind {
        try check(description, shape: shape, at: index)
        layers.append(
          PooledConvolution(name: name, input: shape, kernel: kernel, filters: filters))
        for part in 1..<fused {
          previous = try self.name(
            of: descriptions[index + part], after: previous, at: index + part)
        }
      } else if let layer = try layer(description, name: name, input: shape, at: index) {
        layers.append(layer)
      }
      index += fused
      shape = layers.last?.output ?? input
      if case .flatten = description.kind { shape = .vector(shape.count) }
    }
    return layers
  }

  /// How many layers from the first on become one: three where it is a convolution with pooling and
  /// rectifier behind it that one kernel computes.
  private static func fusedCount(
    _ descriptions: ArraySlice<LayerDescription>, input: ImageShape
  ) -> Int {
    let kinds = descriptions.prefix(3).map(\.kind)
    guard kinds.count == 3, case .convolution(_, let kernel, 1, .valid, true) = kinds[0],
      kernel < min(input.height, input.width)
    else { return 1 }
    switch (kinds[1], kinds[2]) {
    case (.maxPool(2, 2), .relu), (.relu, .maxPool(2, 2)): return 3
    default: return 1
    }
  }

  /// Makes one layer; nil for one that only changes the shape.
  private mutating func layer(
    _ description: LayerDescription, name: String, input: ImageShape, at index: Int
  ) throws(NetworkDescriptionError) -> (any Layer)? {
    try check(description, shape: input, at: index)
    switch description.kind {
    case .convolution(let filters, let kernel, let stride, let padding, let bias):
      return Convolution(
        name: name, input: input, kernel: kernel, filters: filters, stride: stride,
        padding: padding, hasBias: bias)
    case .batchNormalisation: return BatchNormalisation(name: name, input: input)
    case .relu: return ReLU(name: name, input: input)
    case .maxPool(let size, let stride):
      return Pooling(.maximum, name: name, input: input, size: size, stride: stride)
    case .averagePool(let size, let stride):
      return Pooling(.average, name: name, input: input, size: size, stride: stride)
    case .globalAveragePool: return Pooling.globalAverage(name: name, input: input)
    case .dense(let units, let l2):
      return Dense(name: name, input: input, outputs: units ?? classes, l2: l2)
    case .dropout(let rate):
      defer { dropoutCount += 1 }
      return Dropout(name: name, input: input, site: dropoutCount, rate: rate)
    case .residual(let branch, let shortcut):
      return try block(branch, shortcut, name: name, input: input, at: index)
    case .flatten: return nil
    }
  }

  private mutating func block(
    _ branch: [LayerDescription], _ shortcut: [LayerDescription], name: String,
    input: ImageShape, at index: Int
  ) throws(NetworkDescriptionError) -> any Layer {
    guard !isInBlock else {
      throw NetworkDescriptionError(layer: index + 1, problem: "a branch can't hold a residual")
    }
    isInBlock = true
    defer { isInBlock = false }
    let parts: ([any Layer], [any Layer])
    do {
      parts = (try build(branch, input: input), try build(shortcut, input: input))
    } catch {
      throw NetworkDescriptionError(layer: index + 1, problem: "in its residual, \(error)")
    }
    let (sum, around) = (parts.0.last?.output, parts.1.last?.output ?? input)
    guard let sum, sum == around else {
      throw NetworkDescriptionError(
        layer: index + 1,
        problem: "the branch gives \(sum.map(Self.words) ?? "nothing"), "
          + "what it is added to has \(Self.words(around))")
    }
    return Residual(name: name, input: input, branch: parts.0, shortcut: parts.1)
  }

  private static func words(_ shape: ImageShape) -> String {
    "\(shape.height) x \(shape.width) x \(shape.channels)"
  }

  private mutating func name(
    of description: LayerDescription, after previous: String, at index: Int
  ) throws(NetworkDescriptionError) -> String {
    let stem =
      switch description.kind {
      case .convolution: "conv"
      case .batchNormalisation: "batchnorm"
      case .maxPool, .averagePool, .globalAveragePool: "pool"
      default: description.word
      }
    counts[stem, default: 0] += 1
    if case .flatten = description.kind { return previous }
    if case .dropout = description.kind, description.name == nil {
      return "dropout after \(previous)"
    }
    let name = description.name ?? "\(stem)\(counts[stem] ?? 1)"
    guard names.insert(name).inserted, !name.isEmpty else {
      throw NetworkDescriptionError(
        layer: index + 1, problem: "another layer has the name '\(name)'")
    }
    return name
  }

  /// Makes sure that a layer's settings are possible, and that it takes images of a shape.
  private func check(
    _ description: LayerDescription, shape: ImageShape, at index: Int
  ) throws(NetworkDescriptionError) {
    func require(_ condition: Bool, _ problem: String) throws(NetworkDescriptionError) {
      guard condition else {
        throw NetworkDescriptionError(layer: index + 1, problem: "\(description.word) \(problem)")
      }
    }
    func requireRange(
      _ value: Int, _ setting: String, _ range: ClosedRange<Int>
    ) throws(NetworkDescriptionError) {
      try require(
        range.contains(value),
        "has \(setting) \(value); it must be from \(range.lowerBound) to \(range.upperBound)")
    }
    switch description.kind {
    case .convolution(let filters, let kernel, let stride, let padding, _):
      try requireRange(filters, "filters", 1...10_000)
      try requireRange(kernel, "kernel", 1...1000)
      try requireRange(stride, "stride", 1...1000)
      if case .pixels(let count) = padding { try requireRange(count, "padding", 0...kernel - 1) }
      for length in [shape.height, shape.width] {
        let zeros = padding.zeros(length: length, kernel: kernel, stride: stride)
        try require(
          length + zeros.before + zeros.behind >= kernel,
          "of \(kernel) x \(kernel) does not fit into \(Self.words(shape))")
      }
    case .maxPool(let size, let stride), .averagePool(let size, let stride):
      try requireRange(size, "size", 1...1000)
      try requireRange(stride, "stride", 1...1000)
      try require(
        size <= min(shape.height, shape.width),
        "of \(size) x \(size) does not fit into \(Self.words(shape))")
    case .dense(let units, let l2):
      try requireRange(units ?? 1, "units", 1...100_000)
      try require(l2 >= 0 && l2 <= 100, "has l2 \(l2); it must be from 0 to 100")
    case .dropout(let rate):
      try require(rate > 0 && rate <= 0.99, "has rate \(rate); it must be above 0 and at most 0.99")
      try require(dropoutCount < 256, "is number 257; there are at most 256")
    case .batchNormalisation, .relu, .globalAveragePool, .residual, .flatten: break
    }
  }
}
