internal import Bytes
public import Dataset
internal import Interchange
internal import Classifier
internal import NeuralNetwork

/// A network that was trained elsewhere, as its file and what the file cannot say have it.
public struct ForeignModel: Sendable {
  let file: String
  let configuration: NetworkConfiguration
  let weights: [String: NumericArray]
  /// What was understood in a way that is not obvious, a line each.
  public let notes: [String]

  /// Reads a model before anything is recorded.
  ///
  /// - Parameters:
  ///   - path: A safetensors file.
  ///   - configuration: What holds where nothing else is given.
  ///   - dropoutRate: The rate that the file cannot say.
  ///   - dropoutSites: The sites that it cannot say either.
  /// - Throws: `InterchangeError` for what is wrong with the file; ``ConfigurationError`` for
  ///   impossible dropout.
  public init(
    reading path: String, configuration: StudyConfiguration, dropoutRate: Double?,
    dropoutSites: [String]?
  ) throws {
    file = InputFile.name(path)
    let described = configuration.network.described
    (weights, notes) = try Self.weights(
      of: InputFile.read(path), file: file,
      firstLayer: described.flatMap(\.firstWeights) ?? "conv1")
    guard described == nil else {
      self.configuration = configuration.network
      return
    }
    self.configuration = try NetworkConfiguration(
      weights: weights, dropoutRate: dropoutRate ?? configuration.network.dropoutRate,
      dropoutSites: dropoutSites ?? configuration.network.dropoutSites, file: file)
    try self.configuration.validate()
  }

  /// The weights by their names in the network, as 32-bit floats.
  ///
  /// Wrappers such as DataParallel and torch.compile put something in front of all names, and
  /// counters and flags beside the weights; training may have been in 64 bits.
  private static func weights(
    of bytes: [UInt8], file: String, firstLayer: String
  ) throws(InterchangeError) -> (weights: [String: NumericArray], notes: [String]) {
    var notes: [String] = []
    var others: [String] = []
    let arrays = try Safetensors.arrays(from: bytes, file: file) { name, type in
      let isFloating = type.hasPrefix("F") || type.hasPrefix("BF")
      if !isFloating { others.append(name) }
      return isFloating
    }
    if !others.isEmpty {
      notes.append("\(file): left out, since no weights: \(InterchangeError.list(others.sorted()))")
    }
    func isFirst(_ name: some StringProtocol) -> Bool { name == "\(firstLayer).weight" }
    let names = Array(arrays.keys)
    var prefix = SharedPrefix.of(names, separator: ".") { $0.contains(where: isFirst) }
    if !names.contains(where: { isFirst($0.dropFirst(prefix.count)) }) { prefix = "" }
    if !prefix.isEmpty {
      notes.append(
        "\(file): all names begin with '\(InterchangeError.shown(prefix))', which was dropped")
    }
    var weights: [String: NumericArray] = [:]
    var isRounded = false
    for (name, array) in arrays {
      var array = array
      if case .float64(let values) = array.elements {
        array = NumericArray(shape: array.shape, .float32(values.map { Float($0) }))
        isRounded = true
      }
      weights[String(name.dropFirst(prefix.count))] = array
    }
    if isRounded { notes.append("\(file): weights of 64 bits were rounded to 32") }
    return (weights, notes)
  }

  /// Sees whether the weights are of a network for the data set.
  ///
  /// - Parameters:
  ///   - configuration: Names the data set.
  ///   - directory: Where the data sets are.
  ///   - isCancelled: Ends the reading.
  /// - Throws: `InterchangeError` if they are not, and what reading the data set throws.
  public func check(
    for configuration: StudyConfiguration, dataIn directory: DataDirectory,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    _ = try network(
      for: StudyData(
        configuration.dataset, layout: configuration.layout, in: directory,
        isCancelled: isCancelled))
  }

  func network(for data: StudyData) throws -> Network {
    try configuration.checkFits(data.test.shape)
    return try Network(
      architecture: configuration.makeArchitecture(
        input: data.test.shape, classes: data.classes),
      weights: weights, file: file)
  }
}

extension NetworkDescription {
  /// The name, as PyTorch's users have it, of the first layer with weights that stands by itself; nil
  /// if there is none.
  fileprivate var firstWeights: String? {
    for layer in layers {
      switch layer.kind {
      case .convolution: return layer.name ?? "conv1"
      case .dense: return layer.name ?? "fc1"
      default: continue
      }
    }
    return nil
  }
}
