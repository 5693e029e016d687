public import Dataset
internal import Interchange
internal import NeuralNetwork

/// A LeNet that was trained elsewhere, as its file and what the file cannot say have it.
public struct ForeignModel: Sendable {
  let file: String
  let configuration: NetworkConfiguration
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
    self.configuration = try NetworkConfiguration(
      weights: weights, dropoutRate: dropoutRate ?? configuration.network.dropoutRate,
      dropoutSites: dropoutSites ?? configuration.network.dropoutSites, file: file)
    try self.configuration.validate()
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
      for: StudyData(configuration.dataset, in: directory, isCancelled: isCancelled))
  }

  func network(for data: StudyData) throws -> Network {
    try Network(
      architecture: configuration.makeArchitecture(input: data.test.shape, classes: data.classes),
      weights: weights, file: file)
  }
}
