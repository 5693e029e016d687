import ArgumentParser
import Dataset
import Foundation

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Fetches and checks data sets.",
    discussion: "Example: assay data fetch mnist",
    subcommands: [Fetch.self, Verify.self, List.self])

  struct Fetch: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fetch",
      abstract: "Fetches a data set and checks every file by its SHA-256.",
      discussion: "Example: assay data fetch fashion-mnist")

    @Argument(
      help: "The data set: \(DatasetCatalogue.all.map(\.name).joined(separator: ", ")).",
      completion: .list(DatasetCatalogue.all.map(\.name)))
    var name: String

    @OptionGroup var data: DataOptions

    @Flag(name: .shortAndLong, help: "No progress on standard error.")
    var quiet = false

    func run() throws {
      let specification = try DatasetCatalogue.dataset(named: name)
      let meter = FetchMeter(quiet: quiet)
      defer { meter.close() }
      try DatasetFetcher(
        directory: data.directory, progress: meter.show,
        isCancelled: Interruption.shared.isCancelled
      ).fetch(specification)
      // It may have been there in another folder than it would have been fetched into.
      let place = data.directory.list().first { $0.specification.name == specification.name }
      try StandardOutput.print(
        "\(specification.title) is complete in "
          + (place?.folder ?? data.directory.folder(of: specification)))
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Checks the files of a data set by their SHA-256.",
      discussion: "Example: assay data verify mnist")

    @Argument(
      help: "The data set: \(DatasetCatalogue.all.map(\.name).joined(separator: ", ")).",
      completion: .list(DatasetCatalogue.all.map(\.name)))
    var name: String

    @OptionGroup var data: DataOptions

    func run() throws {
      let specification = try DatasetCatalogue.dataset(named: name)
      let states = try data.directory.verify(
        specification, isCancelled: Interruption.shared.isCancelled)
      for status in states { try StandardOutput.print("\(status.file.name): \(status.state)") }
      // Reading it is what tells what is wrong, with the right exit code.
      _ = try data.directory.load(
        specification, isCancelled: Interruption.shared.isCancelled)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists the data sets and where they are.",
      discussion: "Example: assay data list")

    @OptionGroup var data: DataOptions

    func run() throws {
      for listing in data.directory.list() {
        let state =
          listing.isComplete
          ? "in \(listing.folder)"
          : "not there; fetch it: "
            + "assay data fetch \(listing.specification.name)\(GivenFiles.data)"
        try StandardOutput.print(
          "\(listing.specification.name) (\(listing.specification.title)): \(state)")
      }
    }
  }
}
