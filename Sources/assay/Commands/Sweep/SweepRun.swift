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

        With --shard, tasks of any scheduler each do a part in a file of its own, to be merged by \
        'assay db merge'. SIGUSR1 has a shard give way with exit code 75; the same command goes on.

        With --slurm, the command submits an array of such tasks, watches it and merges what is finished. \
        Ctrl-C leaves the jobs running; the same command goes on watching.

        Example: assay sweep run sweep.yaml --workers 2
        Example: assay sweep run command.yaml --timeout 3600
        Example: assay sweep run learning-rate --retry-failed
        Example: assay sweep run sweep.yaml --shard 3/64 --shards /shared/shards
        Example: assay sweep run sweep.yaml --slurm --workers 64 --partition gpu --time 2:00:00
        """)

    @Argument(
      help: "A sweep file, or the name of a sweep in the database.",
      completion: .file(extensions: ["yaml", "yml"]))
    var source: String

    @OptionGroup var work: WorkOptions

    @Option(help: "The number of worker processes; with --slurm, of tasks.")
    var workers = 1

    @Option(help: "For sweeps over commands: how many seconds a trial may take.")
    var timeout: Double?

    @Flag(help: "Resumes failed trials from their checkpoints.")
    var retryFailed = false

    @Flag(help: "Repeats failed trials from scratch.")
    var restartFailed = false

    @OptionGroup(title: "Shards") var shards: ShardOptions
    @OptionGroup(title: "Slurm") var slurm: SlurmOptions

    func validate() throws {
      let most = slurm.isMeant ? ShardNumber.most : 256
      guard (1...most).contains(workers) else {
        throw ValidationError("--workers must be from 1 to \(most), not \(workers)")
      }
      guard !(slurm.isMeant && shards.shard != nil) else {
        throw ValidationError("give --shard or --slurm, not both: --slurm has its jobs do shards")
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
      if let shard = shards.shard { return try run(shard) }
      let isCancelled = Interruption.shared.isCancelled
      let isFile = SweepCatalogue.isFile(source)
      // The file is read before the database is touched.
      let described = isFile ? try SweepCatalogue.read(source) : nil
      let progress = ProgressBar(quiet: work.quiet)
      let isNew = !FileManager.default.fileExists(atPath: work.database.resolvedPath)
      if let described { try check(described, isNew: isNew) }
      if slurm.isMeant { try described?.checkShards(isPlanned: true) }
      let tracker = try work.openTracker(creating: isFile, notice: progress.note)
      let plan = try described ?? SweepCatalogue.plan(of: tracker.sweep(named: source))
      if described == nil { try check(plan, isNew: false) }
      try plan.check(in: tracker)
      if slurm.isMeant { try plan.checkShards(isPlanned: true) }
      let sweep = try tracker.openSweep(
        plan.description, uuid: slurm.isMeant ? plan.description.contentUUID : nil)
      if retryFailed || restartFailed {
        let count = try tracker.retryFailedTrials(of: sweep, fromScratch: restartFailed)
        progress.note("\(count) failed trials are queued again")
      }
      if slurm.isMeant {
        let run = SlurmRun(plan: plan, tracker: tracker, progress: progress, command: self)
        if slurm.slurmScriptOnly { return try run.printScript(of: sweep) }
        defer { progress.close() }
        _ = try run.run(sweep)
        progress.close()
        return try tell(sweep, in: tracker)
      }
      let supervisor = WorkerSupervisor(
        arguments: workerArguments(sweep, in: work.database.resolvedPath), count: workers,
        isCancelled: isCancelled
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
      try tell(sweep, in: tracker)
    }

    /// Says how a sweep ended, and what can be done next.
    private func tell(_ sweep: Sweep, in tracker: Tracker) throws {
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

    /// Does one shard, in a file of its own.
    private func run(_ shard: ShardNumber) throws {
      let (plan, uuid, planned) = try divided()
      try plan.checkShards(isPlanned: planned != nil)
      try check(plan, isNew: true)
      let name = shards.plan.map {
        URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent
      }
      let run = ShardRun(
        shard: shard, plan: plan, uuid: uuid, planned: planned,
        files: ShardFiles(
          of: name ?? ShardFiles.fileName(plan.description.name), shard: shard,
          in: shards.shardDirectory),
        options: shards, command: self)
      try run.run()
    }

    /// The sweep that is divided, with its UUID, and the trials where somebody else proposed them.
    private func divided() throws -> (SweepPlan, String, [ProposedTrial]?) {
      if let file = shards.plan {
        let tracker = try Tracker(reading: file)
        let sweep = try tracker.sweep(named: source)
        return (
          try SweepCatalogue.plan(of: sweep), sweep.uuid, try tracker.waitingTrials(of: sweep)
        )
      }
      guard !SweepCatalogue.isFile(source) else {
        let plan = try SweepCatalogue.read(source)
        return (plan, plan.description.contentUUID, nil)
      }
      let sweep = try Tracker(reading: work.database.resolvedPath).sweep(named: source)
      return (try SweepCatalogue.plan(of: sweep), sweep.uuid, nil)
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

    func workerArguments(_ sweep: Sweep, in database: String) -> [String] {
      let cores = ProcessInfo.processInfo.activeProcessorCount
      let threads = work.threads ?? max(1, cores / workers)
      return [
        "sweep", "work", sweep.name, "--db", database, "--data",
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

    @Flag(help: "Does those trials alone that the file has.")
    var closed = false

    func run() throws {
      let isInterrupted = Interruption.shared.isCancelled
      Interruption.shared.expectRepetition()
      // Schedulers send it to all processes of a job.
      if closed { Interruption.shared.listenForRequeue() }
      let supervisor = supervisor
      try work.withContext(
        isCancelled: { isInterrupted() || supervisor.map { getppid() != $0 } ?? false },
        waiting: { StandardError.write("assay: \($0)") }
      ) { context in
        let recorded = try context.tracker.sweep(named: sweep.name)
        let plan = try SweepCatalogue.plan(of: recorded)
        let worker = try SweepWorker(
          FileQueue(recorded, in: context.tracker, isClosed: closed), plan: plan,
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
