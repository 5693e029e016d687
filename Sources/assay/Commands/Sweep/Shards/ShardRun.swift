import ArgumentParser
import Foundation
import Study
import Sweep
import Tracker

/// Does one shard of a sweep, or goes on with it.
struct ShardRun {
  let shard: ShardNumber
  /// What the sweep says.
  let plan: SweepPlan
  /// The sweep's UUID, which all of its shards have.
  let uuid: String
  /// The trials that shards divide; nil: those of the sampler.
  let planned: [ProposedTrial]?
  let files: ShardFiles
  let options: ShardOptions
  let command: SweepCommand.Run

  /// Does what is left of it and moves it to where all shards go.
  ///
  /// - Throws: ``ShardError``, and what work on a sweep throws.
  func run() throws {
    Interruption.shared.listenForRequeue()
    // A scheduler signals every process of a job, and its script hands the signal on.
    Interruption.shared.expectRepetition()
    try OutputDirectory.make(options.shardDirectory.path)
    let isThere = FileManager.default.fileExists(atPath: files.finished)
    if isThere, try isComplete() {
      let line = "shard \(shard) is finished: \(files.finished)"
      return try StandardOutput.print(line.terminalText)
    }
    try OutputDirectory.checkWritable(options.shardDirectory.path)
    let scratch = try ShardScratch(for: files, in: try options.scratch())
    do {
      try work(in: scratch, isThere: isThere)
      scratch.remove()
    } catch Unmoved.error(let error) {
      StandardError.write(
        "the finished shard stays in \(scratch.database), since it cannot be moved")
      throw error
    } catch {
      scratch.remove()
      throw error
    }
  }

  /// The shard is finished, and cannot be moved to where it belongs.
  private enum Unmoved: Error {
    case error(any Error)
  }

  private func work(in scratch: ShardScratch, isThere: Bool) throws {
    let progress = ProgressBar(quiet: command.work.quiet)
    defer { progress.close() }
    let isCancelled = Interruption.shared.isCancelled
    let first = shard.isFirst ? nil : files.other(0)?.finished
    try scratch.begin(
      with: [isThere ? files.finished : files.unfinished] + (first.map { [$0] } ?? []),
      isCancelled: isCancelled, notice: progress.note)
    var work = command.work
    work.database.path = scratch.database
    let tracker = try work.openTracker(notice: progress.note)
    try plan.check(in: tracker)
    let sweep = try tracker.openSweep(plan.description, uuid: uuid)
    guard sweep.uuid == uuid else {
      throw ShardError.otherSweep(
        file: isThere ? files.finished : files.unfinished, name: sweep.name)
    }
    let trials = try own()
    try tracker.addTrials(trials, to: sweep)
    if command.retryFailed || command.restartFailed {
      _ = try tracker.retryFailedTrials(of: sweep, fromScratch: command.restartFailed)
    }
    let watch = ShardWatch(
      files: files, scratch: scratch, trials: trials.count, every: options.copyEvery)
    func current() throws -> Sweep { try tracker.sweep(named: sweep.name) }
    try watch.begin(try current())
    let sign = watch.sign
    let supervisor = WorkerSupervisor(
      arguments: command.workerArguments(sweep, in: scratch.database) + ["--closed"],
      count: command.workers, isCancelled: { isCancelled() || sign.isSuperseded }
    ) { line in
      progress.close()
      StandardError.write(line)
    }
    var ended = try plan.runnableTrials().isToldOf ? EndedTrials(of: sweep, in: tracker) : nil
    let code = try supervisor.run {
      try show(try current(), of: trials.count, tracker, &ended, on: progress)
      try watch.look(at: current, in: tracker, notice: progress.note)
    }
    try show(try current(), of: trials.count, tracker, &ended, on: progress)
    progress.close()
    guard !sign.isSuperseded else {
      return StandardError.write(
        "shard \(shard): another process has begun it anew, and goes on with it")
    }
    guard !isCancelled(), code == 0 else {
      try watch.leave(try current(), in: tracker)
      if Interruption.shared.isRequeued {
        throw ShardError.givesWay(shard: shard, directory: options.shardDirectory.path)
      }
      guard code == 0 || code == ExitStatus.interrupted.rawValue else { throw ExitCode(code) }
      throw StudyError.interrupted
    }
    try move(scratch, tracker, watch, isThere: isThere)
  }

  private func show(
    _ sweep: Sweep, of count: Int, _ tracker: Tracker, _ ended: inout EndedTrials?,
    on progress: ProgressBar
  ) throws {
    guard !command.work.quiet else { return }
    for line in try ended?.newLines(sweep) ?? [] { progress.note(line) }
    let line = "\(sweep.name), shard \(shard): \(sweep.counts.judged)/\(count) finished"
    progress.status(line, done: sweep.counts.judged, total: count)
  }

  private func move(
    _ scratch: ShardScratch, _ tracker: Tracker, _ watch: ShardWatch, isThere: Bool
  ) throws {
    // A shard that is done leaves the sweep open: other shards may not be.
    let sweep = try tracker.openSweep(plan.description)
    let isOurs: Bool
    do {
      isOurs = try scratch.publish(tracker, isReplacing: isThere)
    } catch {
      throw Unmoved.error(error)
    }
    // The shard itself says that it is finished: who watches does without this.
    try? watch.end(sweep)
    let counts = sweep.counts
    let words =
      ["\(counts.finished) finished"] + (counts.failed > 0 ? ["\(counts.failed) failed"] : [])
      + (isOurs ? [] : ["another process was first"])
    try StandardOutput.print(
      "shard \(shard): \(words.joined(separator: ", ")): \(files.finished)".terminalText)
  }

  /// The trials of this shard.
  private func own() throws -> [ProposedTrial] {
    try planned.map(shard.part) ?? plan.trials(of: shard)
  }

  /// Whether the file that is there has all that it should.
  private func isComplete() throws -> Bool {
    let tracker = try Tracker(reading: files.finished)
    guard let sweep = try tracker.findSweep(named: plan.description.name), sweep.uuid == uuid else {
      throw ShardError.otherSweep(file: files.finished, name: plan.description.name)
    }
    guard !(command.retryFailed || command.restartFailed) else { return sweep.counts.failed == 0 }
    return try tracker.endedTrials(of: sweep).isSuperset(of: own().map(\.number))
  }
}
