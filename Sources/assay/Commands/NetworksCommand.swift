import ArgumentParser
import Classifier
import NeuralNetwork
import Report
import SQLite
import Study

struct NetworksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "networks",
    abstract: "Lists and shows networks: layers as data.",
    discussion: "Example: assay networks list",
    subcommands: [List.self, Show.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists the networks that have a name.",
      discussion: """
        Each has the weights of its paper's images: 28 x 28 grey ones, or 32 x 32 colour ones.

        Example: assay networks list
        """)

    @Option(help: "The format of results; table is another name for text.")
    var format = TableFormat.text

    func run() throws {
      let rows = try NetworkDescription.presets.map { network -> [SQLValue] in
        let isColour = network.name.hasSuffix("cifar") || network.name.hasSuffix("svhn")
        let side = isColour ? 32 : 28
        let architecture = try network.makeArchitecture(
          input: ImageShape(height: side, width: side, channels: isColour ? 3 : 1), classes: 10)
        return [
          .text(network.name), .text("\(side)x\(side)x\(isColour ? 3 : 1)"),
          .integer(Int64(architecture.parameterCount)), .text(network.initialisation.rawValue),
          .text(network.layers.map(\.word).joined(separator: ", ")),
        ]
      }
      let columns: [Table.Column] = [
        .init("network", "network", .text), .init("images", "images", .text),
        .init("weight_count", "weights", .integer),
        .init("initialisation", "initialisation", .text), .init("layers", "layers", .text),
      ]
      try StandardOutput.write(
        Table(title: "", columns: columns, rows: rows)
          .listed(
            as: format, forPeople: ["network", "images", "weight_count", "initialisation"]))
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Writes a network as YAML, to change it or to train it elsewhere.",
      discussion: """
        Layers:
        \(LayerDescription.settings.map { layer in
          layer.names.isEmpty ? "  \(layer.word)" : "  \(layer.word): \(layer.names.joined(separator: ", "))"
        }.joined(separator: "\n"))

        Example: assay networks show feinman-mnist > my-network.yaml
        Example: assay train --network my-network.yaml
        """)

    @Argument(help: "A name of 'assay networks list', or a file.")
    var network: String

    func run() throws {
      try StandardOutput.write(try NetworkFile.write(try NetworkFile.network(network)))
    }
  }
}
