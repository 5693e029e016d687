import ArgumentParser
import Study
import Tracker

/// The detector that an attack evades, or that judges a set.
struct DetectorOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "L, on the score: a measure, negated where low means adversarial. (default: recorded)",
      valueName: "L"))
  var low: Double?

  @Option(help: ArgumentHelp("H, likewise, at least L.", valueName: "H"))
  var high: Double?

  @Option(
    help: ArgumentHelp(
      "C: how many voters must agree from L to H, with --low and --high. (default: 0)",
      valueName: "C"))
  var agreement: Int?

  @Option(
    name: .customLong("voter-set"),
    help: "The voters that are asked from L to H, with --low and --high.",
    completion: .custom { words, _, _ in Completions.voterSets(words) })
  var voterSet: String?

  @Option(
    help: "The run of thresholds to take a measure's from. (default: the newest of the model)",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "thresholds") })
  var thresholds: String?

  func validate() throws {
    guard (low == nil) == (high == nil) else {
      throw ValidationError("--low and --high are given together")
    }
    if let low, let high {
      guard low <= high else { throw ValidationError("--low is above --high") }
      guard (agreement ?? 0) >= 0 else { throw ValidationError("--agreement must not be negative") }
      guard thresholds == nil else {
        throw ValidationError("--thresholds names recorded ones, --low and --high give others")
      }
    } else if agreement != nil || voterSet != nil {
      throw ValidationError("--agreement and --voter-set go with --low and --high")
    }
  }

  /// Whether anything is said of a detector.
  var isEmpty: Bool { low == nil && thresholds == nil }

  /// The detector of a name.
  func choice(_ name: String, in context: StudyContext) throws -> DetectorChoice {
    var given: ClosedRange<Double>?
    if let low, let high { given = low...high }
    return DetectorChoice(
      name, thresholds: try thresholds.map { try context.tracker.run(matching: $0) },
      given: given, agreement: agreement ?? 0, voters: voterSet)
  }
}
