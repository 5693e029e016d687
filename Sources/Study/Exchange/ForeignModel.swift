internal import Interchange

/// A LeNet that was trained elsewhere, as its file and what the file cannot say have it.
public struct ForeignModel: Sendable {
  let file: String
  let network: NetworkConfiguration
  let weights: [String: NumericArray]

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
    weights = try Safetensors.arrays(from: InputFile.read(path), file: file)
    network = try NetworkConfiguration(
      weights: weights, dropoutRate: dropoutRate ?? configuration.network.dropoutRate,
      dropoutSites: dropoutSites ?? configuration.network.dropoutSites, file: file)
    try network.validate()
  }
}
