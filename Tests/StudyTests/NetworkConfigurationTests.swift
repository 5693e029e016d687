import NeuralNetwork
import Study
import Sweep
import Testing

@Suite struct NetworkConfigurationTests {
  @Test("LeNet keeps its settings and has no list of layers")
  func leNet() throws {
    let text = try ConfigurationFile.write(StudyConfiguration())
    #expect(!text.contains("layers") && text.contains("dense1: 500"))
    let preset = try #require(NetworkDescription.preset(named: "lenet"))
    #expect(NetworkConfiguration(preset) == NetworkConfiguration())
  }

  @Test("a preset in a configuration is written as its layers, and read back")
  func preset() throws {
    let configuration = try ConfigurationFile.parse(
      "network: {architecture: feinman-cifar}", name: "a.yaml")
    #expect(configuration.network.described == NetworkDescription.preset(named: "feinman-cifar"))
    let text = try ConfigurationFile.write(configuration)
    #expect(text.contains("l2: 0.01") && !text.contains("dense1"))
    #expect(try ConfigurationFile.parse(text, name: "b.yaml") == configuration)
  }

  @Test("a network is written as a file that gives it again", arguments: NetworkDescription.presets)
  func file(network: NetworkDescription) throws {
    let text = try NetworkFile.write(network)
    #expect(try NetworkFile.parse(text, file: "other.yaml") == network)
  }

  @Test(
    "what a network would go without is refused, with its line",
    arguments: [
      ("{layers: [dense], architecture: mine, conv1: 8}", "conv1"),
      ("{layers: [dense], architecture: mine, dropout_sites: [pool1]}", "dropout_sites"),
      ("{architecture: feinman-mnist, dropout_rate: 0.3}", "dropout_rate"),
      ("{architecture: feinman-mnist, initialisation: he}", "initialisation"),
      ("{initialisation: he}", "initialisation"),
    ])
  func mixtures(network: String, setting: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try ConfigurationFile.parse("seed: 1\nnetwork: \(network)", name: "a.yaml")
    }
    let text = try #require(error).description
    #expect(text.contains("a.yaml:2") && text.contains("network.\(setting)"), "\(text)")
    #expect(text.contains("it "), "\(text)")
  }

  @Test("a network that there is not is said to be none, not to lack LeNet's settings")
  func unknown() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try ConfigurationFile.parse("network: {architecture: resnet}", name: "a.yaml")
    }
    #expect(try #require(error).description.contains("feinman-mnist"))
  }

  @Test("a file without a name gives its network its own")
  func fileName() throws {
    let network = try NetworkFile.parse("layers: [dense]", file: "there/my-net.yaml")
    #expect(network == NetworkDescription(name: "my-net", layers: [.dense()]))
  }

  @Test(
    "what is wrong with a file is said, with its name",
    arguments: [
      ("layers: [dense, conv]", "there is no layer 'conv'"),
      ("layers: [dense]\nname: lenet", "needs a name of its own"),
      ("layer: [dense]", "layer"), ("- dense", "holds no settings"), ("name: a", "layers"),
    ])
  func wrong(text: String, problem: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try NetworkFile.parse(text, file: "net.yaml")
    }
    #expect(try #require(error).description.contains(problem))
    #expect(try #require(error).description.contains("net.yaml"))
  }
}
