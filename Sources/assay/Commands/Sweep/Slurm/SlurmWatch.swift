import Foundation
import Slurm
import Study
import Subprocess
import Sweep
import Tracker

/// Watches a batch of shards in Slurm: submits those that Slurm does not know and that are not
/// finished, and merges those that are.
///
/// The files of the shards say what is done. Slurm may forget a job, or run it twice.
struct SlurmWatch {
  private let submission: SlurmSubmission
  private let sweep: Sweep
  private let tracker: Tracker
  private let database: String
  private let options: SlurmOptions
  private let slurm: SlurmCommands
  private let isCancelled = Interruption.shared.isCancelled
  private var merged: Set<Int> = []
  /// How often each shard was submitted by this process.
  private var submissions: [Int: Int] = [:]
  /// Those that were missing when it was last looked: files may be seen later than that a job ended.
  private var missing: Set<Int> = []

  /// Prepares to watch.
  init(
    _ submission: SlurmSubmission, of sweep: Sweep, in tracker: Tracker, database: String,
    _ options: SlurmOptions
  ) {
    self.submission = submission
    self.sweep = sweep
    self.tracker = tracker
    self.database = database
    self.options = options
    slurm = SlurmCommands(isCancelled: isCancelled)
  }

  /// Watches until all shards are merged.
  ///
  /// - Returns: False if the user has stopped the sweep.
  /// - Throws: ``SlurmError``; `MergeError`; `StudyError.interrupted`.
  mutating func run(_ progress: ProgressBar) throws -> Bool {
    var silence: String?
    while true {
      try mergeFinished()
      guard merged.count < submission.elements.count else { return true }
      guard try tracker.sweep(named: sweep.name).state != .stopped else { return false }
      do {
        let tasks = try slurm.tasks(named: submission.jobName)
        silence = nil
        try show(tasks, on: progress)
        try submitMissing(tasks, progress)
      } catch SlurmError.unreachable(let message) {
        // Jobs run on without it.
        if silence != message { progress.note("Slurm does not answer, waiting: \(message)") }
        silence = message
      } catch SlurmError.failed(.cancelled) {
        // It is seen below.
      }
      try pause(progress)
    }
  }

  private func pause(_ progress: ProgressBar) throws {
    let end = ContinuousClock.now + .seconds(options.poll)
    while ContinuousClock.now < end {
      guard !isCancelled() else {
        progress.note(
          "the jobs go on in Slurm; the same command watches them, and "
            + "'\(stopCommand)' cancels them")
        throw StudyError.interrupted
      }
      Thread.sleep(forTimeInterval: min(0.1, options.poll))
    }
  }

  private var stopCommand: String {
    "assay sweep stop \(ShellWord(sweep.name))\(GivenFiles.database)"
  }

  private mutating func mergeFinished() throws {
    for element in submission.elements
    where !merged.contains(element) && submission.isFinished(element) {
      guard let file = submission.files(element)?.finished else { continue }
      _ = try Tracker.merge(
        [file], into: database, environment: RunEnvironment(version: assayVersion), threads: 1,
        isCancelled: isCancelled)
      merged.insert(element)
    }
  }

  private func show(_ tasks: [SlurmTask], on progress: ProgressBar) throws {
    let current = try tracker.sweep(named: sweep.name)
    let state = SlurmProgress(of: submission)
    let running = tasks.filter(\.isRunning).count
    let done = current.counts.finished + state.judged
    let budget = current.description.budget.trials
    progress.status(
      "\(sweep.name): \(done)/\(budget) finished, shards: \(state.finished)/"
        + "\(submission.elements.count) finished, \(running) running, "
        + "\(tasks.count - running) waiting", done: done, total: budget)
  }

  /// Submits those that are neither finished nor known to Slurm.
  private mutating func submitMissing(_ tasks: [SlurmTask], _ progress: ProgressBar) throws {
    let known = Set(tasks.map(\.element))
    let gone = Set(
      submission.elements.filter { !known.contains($0) && !submission.isFinished($0) })
    let unsubmitted = gone.filter { submissions[$0] == nil || missing.contains($0) }
    missing = gone
    let spent = gone.filter { submissions[$0, default: 0] > options.resubmit }
    if gone == spent, spent.count == submission.elements.count - merged.count {
      throw givenUp(spent.sorted())
    }
    var due = unsubmitted.subtracting(spent)
    if submission.isStagesFirst, !submission.isFinished(0) {
      // The others begin with its stages: they wait for its job, or for its end.
      due = due.contains(0) ? due : []
      if spent.contains(0) { throw givenUp([0]) }
    }
    guard !due.isEmpty else { return }
    if due.contains(where: { submissions[$0] != nil }) {
      progress.note("submitting again: shard \(SlurmElements.text(due))")
    }
    missing.subtract(due)
    let first = due.contains(0) ? try submit([0], after: nil) : nil
    let others = due.subtracting([0]).sorted()
    guard !others.isEmpty else { return }
    _ = try submit(others, after: first)
  }

  private func givenUp(_ shards: [Int]) -> SlurmError {
    let log = submission.log(shards.first ?? 1)
    let lines = (try? String(contentsOfFile: log, encoding: .utf8))?.split(
      whereSeparator: \.isNewline)
    return SlurmError.givenUp(
      shards: SlurmElements.text(shards), submissions: options.resubmit + 1, log: log,
      message: lines?.last.map { String($0.prefix(200)) } ?? "")
  }

  private mutating func submit(_ elements: [Int], after job: String?) throws(SlurmError) -> String {
    for element in elements { submissions[element, default: 0] += 1 }
    return try slurm.submit(submission.script, elements: elements, after: job)
  }
}
