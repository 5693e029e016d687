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

        With --queue, a PostgreSQL server keeps the queue, and the same command on any number of machines \
        adds workers, each machine with a database of its own for its runs. docs/guide/queue.md says more.

        Example: assay sweep run sweep.yaml --workers 2
        Example: assay sweep run command.yaml --timeout 3600
        Example: assay sweep run learning-rate --retry-failed
        Example: assay sweep run sweep.yaml --shard 3/64 --shards /shared/shards
        Example: assay sweep run sweep.yaml --slurm --workers 64 --partition gpu --time 2:00:00
        Example: assay sweep run sweep.yaml --queue postgresql://host/assay
        """)

    @Argument(
      help: "A sweep file, or the name of a sweep in the database.",
      completion: .file(extensions: ["yaml", "yml"]))
    var source: String

    @OptionGroup var work: WorkOptions
    @OptionGroup var queue: QueueOption

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
      if queue.address != nil {
        guard !slurm.isMeant, shards.shard == nil else {
          throw ValidationError(
            "give --queue (or ASSAY_QUEUE), --shard or --slurm, not two of them")
        }
        guard !restartFailed else {
          throw ValidationError("--restart-failed is not for --queue; give --retry-failed")
        }
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
      let address = queue.address
      // The workers say when they wait for the server.
      let server = try queue.server(notice: { _ in })
      try server?.connect()
      let isNew = !FileManager.default.fileExists(atPath: work.database.resolvedPath)
      if let described { try check(described, isNew: isNew) }
      if slurm.isMeant { try described?.checkShards(isPlanned: true) }
      let tracker = try work.openTracker(
        creating: isFile || server != nil, notice: progress.note)
      let place = SweepPlace(tracker: tracker, server: server)
      let plan = try described ?? SweepCatalogue.plan(of: place.sweep(named: source))
      if described == nil { try check(plan, isNew: false) }
      try plan.check(in: tracker)
      if slurm.isMeant { try plan.checkShards(isPlanned: true) }
      let sweep = try place.open(
        plan.description, uuid: slurm.isMeant ? plan.description.contentUUID : nil)
      if server != nil, plan.description.retention != SweepRetention() {
        progress.note("with --queue all pixels and models are kept, whatever 'keep' says")
      }
      if retryFailed || restartFailed {
        let count = try place.retryFailedTrials(of: sweep, fromScratch: restartFailed)
        progress.note("\(count) failed trials are queued again")
      }
      if slurm.isMeant {
        let run = SlurmRun(plan: plan, tracker: tracker, progress: progress, command: self)
        if slurm.slurmScriptOnly { return try run.printScript(of: sweep) }
        defer { progress.close() }
        _ = try run.run(sweep)
        progress.close()
        return try tell(sweep, in: place)
      }
      let supervisor = WorkerSupervisor(
        arguments: workerArguments(sweep, in: work.database.resolvedPath),
        environment: [QueueOption.variable: address], count: workers, isCancelled: isCancelled
      ) { line in
        progress.close()
        StandardError.write(line)
      }
      let isTold = try server == nil && plan.runnableTrials().isToldOf
      var ended = isTold ? try EndedTrials(of: sweep, in: tracker) : nil
      let code = try supervisor.run { try show(place, sweep, &ended, on: progress) }
      let settled = SweepPlace(tracker: tracker, server: server?.waiting())
      try show(settled, sweep, &ended, on: progress)
      progress.close()
      if isCancelled() || code == ExitStatus.interrupted.rawValue { throw StudyError.interrupted }
      guard code == 0 else { throw ExitCode(code) }
      try tell(sweep, in: settled)
    }

    /// Says how a sweep ended, and what can be done next.
    private func tell(_ sweep: Sweep, in place: SweepPlace) throws {
      let last = try place.sweep(named: sweep.name)
      let verb = last.state == .stopped ? "run" : place.server == nil ? "best" : "pull"
      let next = SweepCommand.shown(verb, sweep.name, in: work.database) + queue.shellWords
      if last.state == .stopped {
        try StandardOutput.print("\(sweep.name) was stopped; resume it: \(next)".terminalText)
      } else {
        try StandardOutput.print(try place.progress(of: last).line.terminalText)
        let failure = try place.failure(of: last)
        if let failure, place.server == nil { throw failure }
        if place.server == nil, let lack = try place.lackOfNumbers(of: last) {
          return try StandardOutput.print(Failure(lack)?.message ?? "\(lack)")
        }
        let what =
          place.server == nil
          ? "The best trial and how to reproduce it" : "Its trials in the database"
        try StandardOutput.print("\(what): \(next)".terminalText)
        if let failure { throw failure }
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
      _ place: SweepPlace, _ sweep: Sweep, _ ended: inout EndedTrials?, on progress: ProgressBar
    ) throws {
      guard !work.quiet else { return }
      let shown: SweepProgress
      do {
        shown = try place.progress(of: place.sweep(named: sweep.name))
      } catch let error as any Reportable where place.server != nil && error.status == .tryAgain {
        // The workers wait for the server, and so does what is shown of them.
        return
      }
      let current = shown.sweep
      for line in try ended?.newLines(current) ?? [] { progress.note(line) }
      progress.status(
        shown.line, done: current.counts.finished, total: current.description.budget.trials)
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
    @OptionGroup var queue: QueueOption

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
      let notice: @Sendable (String) -> Void = { StandardError.write("assay: \($0)") }
      let isCancelled: @Sendable () -> Bool = {
        isInterrupted() || supervisor.map { getppid() != $0 } ?? false
      }
      let server = try queue.server(isPatient: true, isCancelled: isCancelled, notice: notice)
      try work.withContext(isCancelled: isCancelled, waiting: notice) { context in
        let place = SweepPlace(tracker: context.tracker, server: server)
        let recorded = try place.sweep(named: sweep.name)
        let plan = try SweepCatalogue.plan(of: recorded)
        let worker = try SweepWorker(
          place.queue(of: recorded, isClosed: closed, isCancelled: context.isCancelled), plan: plan,
          runner: plan.runnableTrials().runner(
            of: server == nil ? recorded : nil, plan: plan, in: context, timeout: timeout),
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
