import ArgumentParser
import Study
import Tracker

struct GradientsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradients",
    abstract: "Computes input gradients and Jacobians of a model.",
    discussion: """
      The .npz file has input_gradients [images, channels, height, width], jacobian [images, classes, \
      channels, height, width], logits and labels. With --layout channels_last, channels are last there, too. The gradients are of the cross-entropy at the file's labels; if it has none, at the \
      network's own classes. Dropout is off.

      Example: assay gradients --images digits.npz -o gradients.npz
      """)

  /// Whose Jacobian is computed.
  enum Outputs: String, CaseIterable, ExpressibleByArgument {
    case logits
    case softmax
  }

  @OptionGroup var asked: AskedImages

  @Option(help: "The outputs whose Jacobian is computed.")
  var jacobian = Outputs.logits

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The .npz file to write.", valueName: "file"),
    transform: OutputPath.given)
  var output: String

  @OptionGroup var study: ConfigurationOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var models: ServedModelOptions

  func run() throws {
    try work.withContext(models: models, isRecording: false) { context in
      let bytes = try Exchange(study.resolve(), in: context).gradients(
        asked.images, model: asked.run(in: context.tracker),
        ofSoftmax: jacobian == .softmax, layout: study.channels.layout)
      try ResultFile.write(bytes, to: output)
    }
    ResultFile.tell(output, quiet: work.quiet)
  }
}
