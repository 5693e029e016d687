import ArgumentParser
import Dataset
import Foundation
import Study
import Sweep
import Tracker

extension SweepCommand {
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run",
      abstract: "Starts or resumes a sweep.",
      discussion: """
        You can run the same sweep in any number of terminals; each adds its workers. After a kill, the \
        same command resumes the unfinished trials and loses nothing.

        Example: assay sweep run sweep.yaml --workers 2
        Example: assay sweep run command.yaml --timeout 3600
        Example: assay sweep run learning-rate --retry-failed
        """)

    @Argument(
      help: "A sweep file, or the name of a sweep in the database.",
      completion: .file(extensions: ["yaml", "yml"]))
    var source: String

    @OptionGroup var work: WorkOptions

    @Option(help: "The number of worker processes.")
    var workers = 1

    @Option(help: "For sweeps over commands: how many seconds a trial may take.")
    var timeout: Double?

    @Flag(help: "Resumes failed trials from their checkpoints.")
    var retryFailed = false

    @Flag(help: "Repeats failed trials from scratch.")
    var restartFailed = false

    func validate() throws {
      guard (1...256).contains(workers) else {
        throw ValidationError("--workers must be from 1 to 256, not \(workers)")
      }
      guard !(retryFailed && restartFailed) else {
        throw ValidationError("give --retry-failed or --restart-failed, not both")
      }
      if let timeout, !(timeout > 0 && timeout.isFinite) {
        throw ValidationError("--timeout must be a positive number of seconds, not \(timeout)")
      }
    }

    func run() throws {
      Interruption.shared.waitForWork()
      let isCancelled = Interruption.shared.isCancelled
      let isFile = SweepCatalogue.isFile(source)
      // The file is read before the database is touched.
      let described = isFile ? try SweepCatalogue.read(source) : nil
      let progress = ProgressBar(quiet: work.quiet)
      let isNew = !FileManager.default.fileExists(atPath: work.database.resolvedPath)
      if let described { try check(described, isNew: isNew) }
      let tracker = try work.openTracker(creating: isFile, notice: progress.note)
      let plan = try described ?? SweepCatalogue.plan(of: tracker.sweep(named: source))
      if described == nil { try check(plan, isNew: false) }
      try plan.check(in: tracker)
      let sweep = try tracker.openSweep(plan.description)
      if retryFailed || restartFailed {
        let count = try tracker.retryFailedTrials(of: sweep, fromScratch: restartFailed)
        progress.note("\(count) failed trials are queued again")
      }
      let supervisor = WorkerSupervisor(
        arguments: workerArguments(sweep), count: workers, isCancelled: isCancelled
      ) { line in
        progress.close()
        StandardError.write(line)
      }
      var ended = try plan.runnableTrials().isToldOf ? EndedTrials(of: sweep, in: tracker) : nil
      let code = try supervisor.run { try show(tracker, sweep, &ended, on: progress) }
      try show(tracker, sweep, &ended, on: progress)
      progress.close()
      if isCancelled() || code == ExitStatus.interrupted.rawValue { throw StudyError.interrupted }
      guard code == 0 else { throw ExitCode(code) }
      let last = try tracker.sweep(named: sweep.name)
      let next = SweepCommand.shown(
        last.state == .stopped ? "run" : "best", sweep.name, in: work.database)
      if last.state == .stopped {
        try StandardOutput.print("\(sweep.name) was stopped; resume it: \(next)".terminalText)
      } else {
        let line = try SweepProgress(of: last, in: tracker).line
        try StandardOutput.print(line.terminalText)
        try StandardOutput.print("The best trial and how to reproduce it: \(next)".terminalText)
      }
    }

    private func check(_ plan: SweepPlan, isNew: Bool) throws {
      try plan.runnableTrials().check(plan, with: work, timeout: timeout, isNew: isNew)
    }

    private func show(
      _ tracker: Tracker, _ sweep: Sweep, _ ended: inout EndedTrials?, on progress: ProgressBar
    ) throws {
      guard !work.quiet else { return }
      let current = try tracker.sweep(named: sweep.name)
      for line in try ended?.newLines(current) ?? [] { progress.note(line) }
      progress.status(
        try SweepProgress(of: current, in: tracker).line, done: current.counts.finished,
        total: current.description.budget.trials)
    }

    private func workerArguments(_ sweep: Sweep) -> [String] {
      let cores = ProcessInfo.processInfo.activeProcessorCount
      let threads = work.threads ?? max(1, cores / workers)
      return [
        "sweep", "work", sweep.name, "--db", work.database.resolvedPath, "--data",
        work.data.directory.path, "--threads", "\(threads)", "--quiet", "--supervisor",
        "\(ProcessInfo.processInfo.processIdentifier)",
      ] + (timeout.map { ["--timeout", "\($0)"] } ?? [])
    }
  }

  struct Work: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "work",
      abstract: "Runs one worker of a sweep; 'assay sweep run' starts workers.",
      discussion: "Example: assay sweep work learning-rate", shouldDisplay: false)

    @OptionGroup var sweep: SweepArgument
    @OptionGroup var work: WorkOptions

    @Option(help: "The process that started this worker; the worker ends with it.")
    var supervisor: Int32?

    @Option(help: "How many seconds a trial may take.")
    var timeout: Double?

    func run() throws {
      let isInterrupted = Interruption.shared.isCancelled
      Interruption.shared.expectRepetition()
      let supervisor = supervisor
      try work.withContext(
        isCancelled: { isInterrupted() || supervisor.map { getppid() != $0 } ?? false },
        waiting: { StandardError.write("assay: \($0)") }
      ) { context in
        let recorded = try context.tracker.sweep(named: sweep.name)
        let plan = try SweepCatalogue.plan(of: recorded)
        let worker = try SweepWorker(
          FileQueue(recorded, in: context.tracker), plan: plan,
          runner: plan.runnableTrials().runner(
            of: recorded, plan: plan, in: context, timeout: timeout),
          in: context.tracker, isCancelled: context.isCancelled, note: context.progress.note)
        guard try worker.run() == .interrupted else { return }
        guard supervisor == nil else {
          // The process that started this worker says it, once for all of them.
          throw ExitCode(ExitStatus.interrupted.rawValue)
        }
        throw StudyError.interrupted
      }
    }
  }
}
