import ArgumentParser
import Dataset
import Foundation

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Fetches, checks and converts data sets.",
    discussion: """
      Example: assay data fetch mnist

      Where a data set is asked for, a path with a slash names a directory of your own. Its files tell
      its format:
      \(DatasetFormats.all.map { "  \($0.name): \($0.contents)" }.joined(separator: "\n"))
      """,
    subcommands: [Fetch.self, Verify.self, List.self, Convert.self])

  struct Fetch: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fetch",
      abstract: "Fetches a data set and checks every file by its SHA-256.",
      discussion: """
        Example: assay data fetch fashion-mnist

        A download that breaks off goes on where it stopped when you fetch again.
        """)

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
      abstract: "Checks the files of a data set by their SHA-256, or reads those of a directory.",
      discussion: "Example: assay data verify mnist")

    @Argument(
      help: "A data set's name (see 'assay data list'), or a directory.",
      completion: .custom { words, _, _ in Completions.datasets(words) })
    var name: String

    @OptionGroup var channels: LayoutOption
    @OptionGroup var data: DataOptions

    func run() throws {
      guard !name.contains("/") else { return try describe(name) }
      let specification = try DatasetCatalogue.dataset(named: name)
      let states = try data.directory.verify(
        specification, isCancelled: Interruption.shared.isCancelled)
      for status in states { try StandardOutput.print("\(status.file.name): \(status.state)") }
      // Reading it is what tells what is wrong, with the right exit code.
      _ = try data.directory.load(
        specification, isCancelled: Interruption.shared.isCancelled)
    }

    /// Says what a directory holds, for which nobody has recorded checksums.
    private func describe(_ directory: String) throws {
      let format = try DatasetFormats.format(of: directory)
      let dataset = try format.read(
        directory, layout: channels.layout, isCancelled: Interruption.shared.isCancelled)
      let (train, test) = (dataset.train, dataset.test)
      try StandardOutput.print(
        """
        format: \(format.name)
        images: \(train.count) to train on, \(test.count) to test on
        shape: \(test.rows) x \(test.columns) x \(test.channels)
        classes: \(dataset.classCount)
        SHA-256 of the data: \(dataset.digest)
        """)
    }
  }

  struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "convert",
      abstract: "Writes a data set into a directory in another format.",
      discussion: "Example: assay data convert mnist --output ./digits --to npz")

    @Argument(
      help: "A data set's name (see 'assay data list'), or a directory.",
      completion: .custom { words, _, _ in Completions.datasets(words) })
    var source: String

    @Option(
      name: .shortAndLong, help: "The directory to write, which must have no files.",
      transform: OutputPath.given)
    var output: String

    @Option(help: "npz (train.npz and test.npz) or idx (MNIST's four files).")
    var to = WrittenFormat.npz

    @OptionGroup var channels: LayoutOption
    @OptionGroup var data: DataOptions

    func run() throws {
      let isCancelled = Interruption.shared.isCancelled
      let dataset = try data.directory.dataset(
        source, layout: channels.layout, isCancelled: isCancelled)
      try dataset.write(to: output, as: to)
      try StandardOutput.print(
        "\(dataset.train.count + dataset.test.count) images of \(source) are in \(output)")
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
