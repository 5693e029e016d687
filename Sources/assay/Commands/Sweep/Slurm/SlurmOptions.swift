import ArgumentParser

/// Options of a sweep that Slurm does.
struct SlurmOptions: ParsableArguments {
  @Flag(
    name: .customLong("slurm"),
    help: "Submits the sweep to Slurm in shards, watches them, and merges what is finished.")
  var isOn = false

  @Option(help: "The partition that jobs go to. (default: the cluster's)")
  var partition: String?

  @Option(
    help: ArgumentHelp(
      "The time limit of a job, which then goes on as another one.", valueName: "hours:minutes"))
  var time: String?

  @Option(
    name: .customLong("slurm-option"),
    help: ArgumentHelp(
      "Another option of sbatch, such as gres=gpu:1. May be repeated.", valueName: "name=value"))
  var others: [String] = []

  @Flag(help: "Prints the job script and submits nothing.")
  var slurmScriptOnly = false

  @Flag(
    help: "Does the first trial in a job of its own, with whose stages the others begin.")
  var stagesFirst = false

  @Option(
    help: """
      How many trials a sampler that learns proposes at once, before it sees their values. (default: \
      one a worker)
      """)
  var batch: Int?

  @Option(help: "How often a shard is submitted again that fails or gets lost.")
  var resubmit = 3

  @Option(
    help: ArgumentHelp("How often Slurm is asked how far it is.", valueName: "seconds"))
  var poll = 10.0

  /// Whether Slurm is meant.
  var isMeant: Bool { isOn || slurmScriptOnly }

  func validate() throws {
    for text in [partition, time].compactMap({ $0 }) + others {
      guard !text.isEmpty, !text.contains(where: \.isNewline) else {
        throw ValidationError("an option for Slurm must be a line that is not empty")
      }
    }
    if let batch, !(1...1_000_000).contains(batch) {
      throw ValidationError("--batch must be from 1 to 1000000, not \(batch)")
    }
    guard (0...1000).contains(resubmit) else {
      throw ValidationError("--resubmit must be from 0 to 1000, not \(resubmit)")
    }
    guard poll > 0, poll.isFinite else {
      throw ValidationError("--poll must be a positive number of seconds, not \(poll)")
    }
    guard !isMeant else { return }
    let given: [(String, Bool)] = [
      ("--partition", partition != nil), ("--time", time != nil),
      ("--slurm-option", !others.isEmpty),
      ("--stages-first", stagesFirst), ("--batch", batch != nil),
    ]
    if let name = given.first(where: \.1)?.0 { throw ValidationError("\(name) needs --slurm") }
  }

  /// The options as lines of a script have them.
  var lines: [String] {
    [partition.map { "partition=\($0)" }, time.map { "time=\($0)" }].compactMap { $0 }
      + others.map { String($0.drop { $0 == "-" }) }
  }
}
