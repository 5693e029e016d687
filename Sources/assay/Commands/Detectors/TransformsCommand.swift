import ArgumentParser
import Dataset
import Detection
import Foundation
import Report
import SQLite
import Study
import Tensor

struct TransformsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transforms",
    abstract: "Lists and applies transforms: changes that a classifier should not mind.",
    discussion: "Example: assay transforms list",
    subcommands: [List.self, Apply.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists transforms and how their names are written.",
      discussion: """
        A name is a kind and its values, as in jpeg_75. Values that are left out have their defaults. \
        'a+b' is transform a and then b. Each is a voter (the class of the transformed image), and NAME_l1 \
        is a measure (the L1 distance of the softmax before and after).

        Example: assay transforms list
        Example: assay transforms list --format json
        """)

    @Option(help: "The format of results; table is another name for text.")
    var format = TableFormat.text

    func run() throws {
      let rows = TransformCatalogue.kinds.map { kind -> [SQLValue] in
        let values = kind.parameters.map { parameter in
          "\(parameter.name): \(parameter.meaning), \(parameter.domainDescription), "
            + "\(parameter.defaultText) by default"
        }
        return [
          .text(kind.pattern), .text(kind.title), .text(kind.summary),
          .text(values.joined(separator: "; ")), .text(kind.source),
        ]
      }
      let columns: [Table.Column] = [
        .init("transform", "transform", .text), .init("title", "what", .text),
        .init("summary", "what it does", .text), .init("values", "values", .text),
        .init("source", "from", .text),
      ]
      try StandardOutput.write(
        Table(title: "", columns: columns, rows: rows)
          .listed(as: format, forPeople: ["transform", "summary", "source"]))
    }
  }

  struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "apply",
      abstract: "Writes images as transforms change them.",
      discussion: """
        The .npz file has an array a transform, by its name: [images, copies, height, width], \
        in colour with an axis of channels, pixels in 0...1. Random numbers are those of a measurement with the seed of the images at the file's 'indices'.

        Example: assay transforms apply jpeg_75 median_2 --images digits.npz -o changed.npz
        """)

    @Argument(
      help: "The transforms, by name.",
      completion: .custom { words, _, _ in
        TransformCatalogue.kinds.map(\.name).filter { $0.hasPrefix(words.last ?? "") }
      })
    var transforms: [String]

    @Option(help: ArgumentHelp("The images: a .npy, .npz or .png file.", valueName: "file"))
    var images: String

    @Option(
      name: .shortAndLong, help: ArgumentHelp("The .npz file to write.", valueName: "file"),
      transform: OutputPath.given)
    var output: String

    @Option(help: "The seed of random transforms.")
    var seed = 0

    @Option(
      help: "The data set whose training images quilting copies from.",
      completion: .custom { words, _, _ in Completions.datasets(words) })
    var dataset = "mnist"

    @OptionGroup var channels: LayoutOption
    @OptionGroup var data: DataOptions

    @Option(help: "The number of threads; it doesn't affect results. (default: all cores)")
    var threads: Int?

    @Flag(name: .shortAndLong, help: "No message on standard error.")
    var quiet = false

    func validate() throws {
      if let threads, !(1...1024).contains(threads) {
        throw ValidationError("--threads must be from 1 to 1024, not \(threads)")
      }
    }

    func run() throws {
      var specifications: [TransformSpecification] = []
      for name in transforms {
        let specification = try TransformSpecification(name)
        if !specifications.contains(specification) { specifications.append(specification) }
      }
      let isCancelled = Interruption.shared.isCancelled
      let training =
        specifications.contains(where: \.usesTrainingImages)
        ? try trainingImages(isCancelled) : nil
      let cores = ProcessInfo.processInfo.activeProcessorCount
      let result = try TransformedImages(
        reading: images, under: specifications, seed: UInt64(bitPattern: Int64(seed)),
        training: training, layout: channels.layout,
        parallelism: Parallelism(threads: threads ?? cores),
        isCancelled: isCancelled)
      try ResultFile.write(result.npz, to: output)
      ResultFile.tell(output, quiet: quiet)
    }

    private func trainingImages(_ isCancelled: @Sendable () -> Bool) throws -> ImageSet {
      try data.directory.dataset(
        dataset, layout: channels.layout, isCancelled: isCancelled
      ).train
    }
  }
}
