import ArgumentParser
import Foundation
import Report
import SQLite
import Slurm
import Sweep
import Tracker

extension SweepCommand {
  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "status",
      abstract: "Shows a sweep's progress and its best value so far.",
      discussion: """
        Example: assay sweep status learning-rate --watch
        Example: assay sweep status learning-rate --format json

        JSON is an object: sweep, state, budget, finished, running, queued, failed, pruned, best_value, \
        best_trial, trials_per_minute, seconds_left; while Slurm does it, also shards, shards_finished, \
        tasks_running, tasks_waiting, and finished_in_shards, the trials that are not merged yet.
        """)

    @OptionGroup var sweep: SweepArgument
    @OptionGroup var reading: ReadingOptions

    @OptionGroup var queue: QueueOption

    @Flag(help: "Repeats every two seconds, until Ctrl-C.")
    var watch = false

    func run() throws {
      let server = try queue.server(notice: { StandardError.write("assay: \($0)") })
      let tracker = server == nil ? try reading.openTracker() : nil
      let isTerminal = StandardOutput.isTerminal
      func text() throws -> String {
        if let server { return try self.text(of: server) }
        guard let tracker else { return "" }
        return try self.text(of: SweepProgress(of: tracker.sweep(named: sweep.name), in: tracker))
      }
      repeat {
        let clearing = watch && isTerminal ? "\u{1B}[H\u{1B}[2J" : ""
        try StandardOutput.write(clearing + text())
        for _ in 0..<20 where watch && !Interruption.shared.isCancelled() {
          Thread.sleep(forTimeInterval: 0.1)
        }
      } while watch && !Interruption.shared.isCancelled()
      if watch { throw ExitCode(130) }
    }

    /// The progress as the server has it and, for people, what workers have said of late.
    private func text(of server: any SweepServer) throws -> String {
      let sweep = try server.sweep(named: sweep.name)
      let progress = try text(of: SweepProgress(of: sweep, on: server))
      guard reading.format == .text else { return progress }
      let messages = try server.messages(of: sweep, newest: 5)
      guard !messages.isEmpty else { return progress }
      return progress + "\n"
        + reading.table(["time", "message"], messages.map { [.text($0.time), .text($0.text)] })
    }

    private func text(of progress: SweepProgress) throws -> String {
      let (sweep, counts) = (progress.sweep, progress.sweep.counts)
      var rows: [[SQLValue]] = [
        [.text("sweep"), .text(sweep.name)], [.text("state"), .text(sweep.state.rawValue)],
        [.text("budget"), .integer(Int64(sweep.description.budget.trials))],
      ]
      let states = [
        ("finished", counts.finished), ("running", counts.running), ("queued", counts.queued),
        ("failed", counts.failed), ("pruned", counts.pruned),
      ]
      rows += states.map { [.text($0.0), .integer(Int64($0.1))] }
      rows += [
        [.text("best value"), progress.best.map { .real($0.value) } ?? .null],
        [.text("best trial"), progress.best.map { .integer(Int64($0.number)) } ?? .null],
        [.text("trials per minute"), progress.rate.map { .real($0 * 60) } ?? .null],
        [.text("seconds left"), progress.secondsLeft.map { .real($0.rounded()) } ?? .null],
      ]
      rows += slurmRows(of: sweep)
      guard reading.format == .json else { return reading.table(["property", "value"], rows) }
      let names = rows.map { ($0[0].text ?? "").replacing(" ", with: "_") }
      // One sweep is one object, not a list of one; a list has an object a line.
      let list = reading.table(names, [rows.map { $0[1] }]).split(separator: "\n")
      return list[1].drop { $0 == " " } + "\n"
    }
  }
}

extension SweepCommand.Status {
  /// How far the jobs of a sweep have got, while Slurm does it.
  private func slurmRows(of sweep: Sweep) -> [[SQLValue]] {
    guard let batch = SlurmSubmission.find(of: sweep, database: reading.database.resolvedPath),
      batch.shards > 0
    else { return [] }
    let state = SlurmProgress(of: batch)
    // Without an answer of Slurm's the files say how far it is.
    let tasks = try? SlurmCommands(isCancelled: Interruption.shared.isCancelled)
      .tasks(named: batch.jobName)
    let running = tasks.map { Int64($0.count(where: \.isRunning)) }
    let waiting = tasks.map { tasks in Int64(tasks.count) - (running ?? 0) }
    return [
      [.text("shards"), .integer(Int64(batch.elements.count))],
      [.text("shards finished"), .integer(Int64(state.finished))],
      [.text("tasks running"), running.map(SQLValue.integer) ?? .null],
      [.text("tasks waiting"), waiting.map(SQLValue.integer) ?? .null],
      [.text("finished in shards"), .integer(Int64(state.judged))],
    ]
  }
}

extension SweepCommand {
  struct Best: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "best",
      abstract: "Shows the best trial, or the Pareto front, and how to reproduce it.",
      discussion: """
        Example: assay sweep best learning-rate
        Example: assay sweep best learning-rate --print-config > best.yaml
        """)

    @OptionGroup var sweep: SweepArgument
    @OptionGroup var reading: ReadingOptions

    @Option(
      help: "Shows this trial instead of the best one.",
      completion: .custom { words, _, _ in Completions.trials(words) })
    var trial: Int?

    @Flag(help: "Prints only the trial's configuration, as YAML.")
    var printConfig = false

    func run() throws {
      let tracker = try reading.openTracker()
      let recorded = try tracker.sweep(named: sweep.name)
      guard let number = try trial ?? tracker.bestTrial(of: recorded)?.number else {
        let place = SweepPlace(tracker: tracker, server: nil)
        let reason = try place.failure(of: recorded) ?? place.lackOfNumbers(of: recorded)
        throw reason ?? SweepError.noFinishedTrial(sweep: sweep.name)
      }
      let parameters = try tracker.parameters(ofTrial: number, in: recorded)
      if printConfig {
        let plan = try SweepCatalogue.plan(of: recorded)
        return try StandardOutput.write(
          plan.runnableTrials().printedConfiguration(of: plan.definition.point(parameters)))
      }
      let front = try trial.map { [$0] } ?? tracker.bestTrials(of: recorded)
      guard reading.format != .text else {
        try show(SweepTrials(of: recorded, numbers: front, in: tracker), best: number)
        let commands = try recipe(trial: number, parameters, of: recorded)
        guard !commands.isEmpty else { return }
        return try StandardOutput.print(
          "\nTo reproduce trial \(number):\n"
            + commands.map { "  " + $0.terminalText }.joined(separator: "\n"))
      }
      let numbers = JSONValue.array(front.map { .integer(Int64($0)) }).canonical
      try reading.printRows(
        """
        SELECT trial_values.number AS trial, objective, goal, value, trials.parameters
        FROM trial_values
        JOIN trials USING (sweep, number)
        WHERE sweep = :sweep AND number IN (SELECT value FROM json_each(:numbers))
        ORDER BY number, objective_number
        """, ["sweep": .text(sweep.name), "numbers": .text(numbers)], of: tracker)
    }

    /// The commands that do again what a trial did; none if nothing here did it.
    private func recipe(
      trial: Int, _ parameters: JSONValue, of sweep: Sweep
    ) throws -> [String] {
      do {
        let plan = try SweepCatalogue.plan(of: sweep)
        return try plan.runnableTrials().recipe(
          trial: trial, parameters: plan.definition.point(parameters), of: sweep,
          in: reading.database)
      } catch SweepError.imported, SweepError.notRunnable {
        return []
      }
    }

    /// A trial from top to bottom, or those of a Pareto front a row each.
    private func show(_ trials: SweepTrials, best number: Int) throws {
      let (columns, rows) = trials.inShort
      if rows.count == 1 {
        let lines = zip(columns, rows[0]).filter { $0.0 != "state" }
        try StandardOutput.write(
          reading.table(
            ["trial", "\(number)"], lines.dropFirst().map { [.text($0.0), $0.1] }))
      } else {
        try StandardOutput.write(reading.table(columns, rows))
      }
    }
  }
}

/// How far a sweep has got.
struct SweepProgress {
  let sweep: Sweep
  let best: BestTrial?
  /// Trials a second; nil where nobody works on them, or it is not known yet.
  let rate: Double?

  init(of sweep: Sweep, in tracker: Tracker) throws {
    self.sweep = sweep
    best = try tracker.bestTrial(of: sweep)
    rate = sweep.state == .open ? try tracker.trialRate(of: sweep) : nil
  }

  init(of sweep: Sweep, on server: any SweepServer) throws {
    self.sweep = sweep
    best = try server.bestTrial(of: sweep)
    rate = nil
  }

  /// The time until the budget is spent, if trials go on as they did.
  var secondsLeft: Double? {
    rate.map { Double(max(0, sweep.description.budget.trials - sweep.counts.finished)) / $0 }
  }

  /// One line of it.
  var line: String {
    let (counts, budget) = (sweep.counts, sweep.description.budget.trials)
    var parts = ["\(counts.finished)/\(budget) finished", "\(counts.running) running"]
    if counts.pruned > 0 { parts.append("\(counts.pruned) pruned") }
    if counts.failed > 0 { parts.append("\(counts.failed) failed") }
    if let best { parts.append(String(format: "best %.6g (trial %d)", best.value, best.number)) }
    if let rate, let secondsLeft, secondsLeft > 0 {
      parts.append(String(format: "%.3g trials/min", rate * 60))
      parts.append("\(ProgressBar.duration(secondsLeft)) left")
    }
    return "\(sweep.name): " + parts.joined(separator: ", ")
  }
}
