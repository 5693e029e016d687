import ArgumentParser
import NeuralNetwork
import Study

/// The network to train.
struct NetworkOption: ParsableArguments {
  @Option(
    name: .customLong("network"),
    help: ArgumentHelp(
      "The layers: a name of 'assay networks list', or a file. (default: lenet)",
      valueName: "name-or-file"),
    completion: .list(NetworkDescription.presets.map(\.name)))
  var name: String?

  /// Puts the network into a configuration, if one is given.
  func apply(to configuration: inout StudyConfiguration) throws {
    guard let name else { return }
    configuration.network = NetworkConfiguration(try NetworkFile.network(name))
  }
}
