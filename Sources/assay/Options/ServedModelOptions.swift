import ArgumentParser
import ExternalModel

/// The processes of a served model, for commands that classify images by one.
struct ServedModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How many processes of a served model work at a time, one a GPU. (default: 1)",
      valueName: "number"))
  var modelProcesses: Int?

  @Option(
    help: ArgumentHelp(
      "How long an answer of a served model may take. (default: 300)", valueName: "seconds"))
  var modelTimeout: Double?

  func validate() throws {
    if let modelProcesses, !(1...256).contains(modelProcesses) {
      throw ValidationError("--model-processes must be from 1 to 256, not \(modelProcesses)")
    }
    if let modelTimeout, !(0.001...1e9).contains(modelTimeout) {
      throw ValidationError("--model-timeout is a number of seconds above 0, not \(modelTimeout)")
    }
  }

  func limits(_ isCancelled: @escaping @Sendable () -> Bool) -> ModelLimits {
    ModelLimits(
      processes: modelProcesses ?? 1, secondsAllowed: modelTimeout ?? 300, isCancelled: isCancelled)
  }
}
