import ArgumentParser
import Dataset
import Foundation
import Slurm
import Study
import Sweep
import Tracker

/// Has Slurm do a sweep: submits its trials in shards, watches them, merges what is finished, and so
/// on until the budget is spent.
struct SlurmRun {
  let plan: SweepPlan
  let tracker: Tracker
  let progress: ProgressBar
  let command: SweepCommand.Run

  private var options: SlurmOptions { command.slurm }
  private var database: String { command.work.database.resolvedPath }

  /// How a sweep ended for now.
  enum Ending {
    case finished, stopped
  }

  /// Prints the script of the next jobs, which lies where they would read it.
  ///
  /// - Throws: What preparing the jobs throws.
  func printScript(of sweep: Sweep) throws {
    guard let submission = try prepared(sweep) else {
      return StandardError.write("the sweep is finished: there is nothing to submit")
    }
    let text = try String(contentsOfFile: submission.script, encoding: .utf8)
    try StandardOutput.write(text)
    progress.note("submit it: sbatch \(ShellWord(submission.script))")
  }

  /// Submits and watches.
  ///
  /// - Throws: ``SlurmError``; `MergeError`; `StudyError.interrupted` where the user no longer wants to
  ///   watch.
  func run(_ sweep: Sweep) throws -> Ending {
    while let submission = try prepared(sweep) {
      var watch = SlurmWatch(submission, of: sweep, in: tracker, database: database, options)
      guard try watch.run(progress) else { return .stopped }
      try following(submission).keep(of: sweep, database: database)
    }
    return .finished
  }

  /// What follows a batch that is merged: nothing is prepared for it yet.
  private func following(_ submission: SlurmSubmission) -> SlurmSubmission {
    var next = submission
    next.round += 1
    next.shards = 0
    return next
  }

  /// The batch that is under way, or the next one; nil if there is no trial left to do.
  private func prepared(_ sweep: Sweep) throws -> SlurmSubmission? {
    let known = SlurmSubmission.find(of: sweep, database: database)
    if let known, known.shards > 0, FileManager.default.fileExists(atPath: known.plan) {
      if known.shards != command.workers {
        progress.note("the batch under way has \(known.shards) shards")
      }
      try write(scriptOf: known, sweep)
      return known
    }
    let proposer = try plan.proposer()
    let count = plan.usesHistory ? options.batch ?? command.workers : .max
    let trials = try tracker.proposeTrials(upTo: count, of: sweep, proposer: proposer)
    guard !trials.isEmpty else {
      // Says that the sweep is finished, unless other workers have trials of it.
      if case .trial(let trial) = try tracker.claimTrial(of: sweep, proposer: proposer) {
        try trial.release()
      }
      return nil
    }
    let batch = plan.usesHistory ? Array(trials.prefix(count)) : trials
    let submission = SlurmSubmission(
      round: known?.round ?? 1, of: sweep, shards: min(command.workers, batch.count),
      directory: command.shards.shardDirectory,
      isStagesFirst: options.stagesFirst && (known?.round ?? 1) == 1)
    try OutputDirectory.make(submission.directory)
    try OutputDirectory.checkWritable(submission.directory)
    // One that was written before the batch was recorded: nobody has it.
    unlink(submission.plan)
    try write(batch, as: submission, of: sweep)
    try write(scriptOf: submission, sweep)
    try submission.keep(of: sweep, database: database)
    return submission
  }

  /// Writes the trials of a batch to a file that all tasks read.
  private func write(
    _ trials: [ProposedTrial], as submission: SlurmSubmission, of sweep: Sweep
  ) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "assay-plan-\(UUID().uuidString.lowercased())")
    try OutputDirectory.make(folder.path)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = try Tracker(
      writing: folder.appending(path: "plan.db").path,
      environment: RunEnvironment(version: assayVersion))
    try file.addTrials(
      trials, to: try file.openSweep(plan.description, uuid: sweep.uuid))
    try file.backup(to: submission.plan)
  }

  private func write(scriptOf submission: SlurmSubmission, _ sweep: Sweep) throws {
    let work = command.work
    var words = [
      ShellWord(Bundle.main.executablePath ?? CommandLine.arguments[0]).description, "sweep run",
      ShellWord(sweep.name).description, "--plan \(ShellWord(submission.plan))",
      #"--shard "$SLURM_ARRAY_TASK_ID/\#(submission.shards)""#,
      "--shards \(ShellWord(submission.directory))",
      "--copy-every \(command.shards.copyEvery)",
      "--data \(ShellWord(work.data.directory.path))",
      "--threads " + (work.threads.map { "\($0)" } ?? #""${SLURM_CPUS_PER_TASK:-1}""#), "--quiet",
    ]
    if let scratch = command.shards.scratchPath { words.append("--scratch \(ShellWord(scratch))") }
    if let timeout = command.timeout { words.append("--timeout \(timeout)") }
    let script = SlurmScript(
      jobName: submission.jobName,
      purpose:
        "A part of the sweep \(sweep.name.terminalText), as 'assay sweep run --slurm' writes it.",
      count: submission.shards, output: submission.output, options: options.lines,
      directory: ShellWord(FileManager.default.currentDirectoryPath).description, command: words,
      givingWay: ExitStatus.tryAgain.rawValue)
    try Data(script.text.utf8).write(
      to: URL(fileURLWithPath: submission.script), options: .atomic)
  }
}
