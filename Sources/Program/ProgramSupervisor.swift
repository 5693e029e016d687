internal import Bytes
internal import Foundation
internal import Subprocess
internal import Synchronization
public import Tracker

/// Runs a command that has been begun, and records what it reports until it has ended.
public final class ProgramSupervisor {
  private let request: ProgramRequest
  private let program: StartedProgram
  private let tracker: Tracker
  private let notices: Notices
  private let reader: EventReader
  private let wish = StopWish()
  private var usage = ProgramUsage()
  /// When the command ended; nil: it has not.
  private var seen: ExecutionEnd?
  private var failure: (any Error)?
  /// Whether the user was told that what the command reports cannot be recorded now.
  public private(set) var hasWarned = false

  /// Prepares to run a command.
  ///
  /// - Parameters:
  ///   - request: The command.
  ///   - program: Its run.
  ///   - tracker: The database.
  ///   - notice: Receives, on any thread, what the user should know, such as that events are no
  ///     JSON.
  public init(
    _ request: ProgramRequest, _ program: StartedProgram, tracker: Tracker,
    notice: @escaping @Sendable (String) -> Void
  ) {
    self.request = request
    self.program = program
    self.tracker = tracker
    let notices = Notices(notice)
    self.notices = notices
    reader = EventReader(
      of: program.run, in: program.directory, workingDirectory: request.workingDirectory,
      tracker: tracker, notice: { notices.tell($0) })
  }

  /// Starts the command, records what it reports, and returns when it has ended.
  ///
  /// The run is still this process's then: ``close(_:error:)`` ends it.
  ///
  /// - Parameters:
  ///   - isCancelled: Returns true to stop the command; called several times a second.
  ///   - follower: Follows its metrics; nil: nobody does.
  /// - Returns: How it ended.
  /// - Throws: ``ProgramError``: `notFound`, `notExecutable`, `wrongPattern` or `inputOutput`;
  ///   `SubprocessError.noPipe` or `Shortage`, before the command has started. What fails later is
  ///   noticed, and the command goes on.
  public func run(
    isCancelled: @escaping @Sendable () -> Bool, following follower: (any ProgramFollower)? = nil
  ) throws -> ProgramEnd {
    let notices = notices
    let scraper = try request.scraping.map {
      try MetricScraper($0, events: program.directory.events(program.attempt)) { text in
        notices.tell(text)
      }
    }
    let streams = try CommandStreams(
      request.streams, directory: program.directory, execution: program.attempt,
      limit: request.outputLimit)
    defer { streams.close() }
    // Nobody could record the command, or read what it writes, if there were no threads later.
    let recordingThread = try ReadyThread()
    let start = try self.start(with: streams)
    program.changes?.waitBriefly()
    var signals = request.streams == .passedOn ? try SignalWatch(Self.signals) : nil
    let process = try spawn(start)
    let session = streams.terminal.map { TerminalSession($0, readsKeys: streams.readsKeys) }
    if session?.isRaw == true { notices.hold() }
    streams.begin(scraper: scraper)
    let loop = startRecording(process, follower, on: recordingThread)
    var guardian = CommandGuardian(
      process: process, grace: request.grace, timeout: request.timeout,
      control: program.directory.control(program.attempt), killsGroup: request.streams == .kept)
    let (cause, used, peakMemory) = guardian.wait(
      signals: signals, session: session, isCancelled: isCancelled,
      wish: { [wish] in wish.reason.withLock { $0 } })
    let end = takeDown(cause, used, peakMemory, stop: guardian.stop)
    // From here on keys and signals are for this process again, whose reader may be slow.
    session?.restore()
    notices.release()
    signals = nil
    streams.finish()
    scraper?.finish()
    if let code = streams.failedWrite {
      notices.tell("the output cannot be passed on: \(String(cString: strerror(code)))")
    }
    return finish(end, streams, loop)
  }

  /// Makes sure that a request can be met, before anything is recorded of it.
  ///
  /// - Throws: ``ProgramError``: `notFound`, `notExecutable` or `wrongPattern`; `Shortage` if the
  ///   limits leave too little for what relays and records.
  public static func check(_ request: ProgramRequest) throws {
    try checkCommand(of: request)
    try ProcessRoom.check(
      openFiles: openFilesNeeded, threads: threadsNeeded, memory: memoryNeeded)
  }

  /// The database, the system's queues, the command's streams, and what is kept and read of them.
  package static let openFilesNeeded = 16
  /// Three that relay, one that records, two of the system's queues, and the command itself, which
  /// counts as they do.
  package static let threadsNeeded = 7
  /// What the threads need beside their stacks, in bytes.
  package static let memoryNeeded = 16 << 20

  private static func checkCommand(of request: ProgramRequest) throws(ProgramError) {
    if case .expression(let pattern)? = request.scraping { _ = try ExpressionFinder(pattern) }
    let path = request.environment["PATH"] ?? ProcessInfo.processInfo.environment["PATH"]
    let command = request.command.first ?? ""
    switch CommandProcess.find(command, in: request.workingDirectory, path: path) {
    case .missing: throw .notFound(command: command)
    case .refused(let detail): throw .notExecutable(command: command, detail: detail)
    case .executable: break
    }
  }

  private static let signals: [Int32] = [
    SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU, SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT, SIGWINCH,
    SIGCHLD,
  ]

  private func start(with streams: CommandStreams) throws(ProgramError) -> CommandProcess.Start {
    let variables = program.variables(for: request)
    let command = request.command.first ?? ""
    let location = CommandProcess.find(
      command, in: request.workingDirectory, path: variables["PATH"])
    switch location {
    case .missing: throw .notFound(command: command)
    case .refused(let detail): throw .notExecutable(command: command, detail: detail)
    case .executable(let path):
      var start = CommandProcess.Start(
        path: path, words: request.command, directory: request.workingDirectory,
        environment: variables)
      (start.input, start.output, start.errors) = (streams.input, streams.output, streams.errors)
      start.terminal = streams.terminal?.name
      return start
    }
  }

  private func spawn(_ start: CommandProcess.Start) throws(ProgramError) -> CommandProcess {
    try StartMark(of: program.attempt, in: program.directory).hold { () throws(ProgramError) in
      try startProcess(start)
    }
  }

  private func startProcess(_ start: CommandProcess.Start) throws(ProgramError) -> CommandProcess {
    do throws(SubprocessError) {
      return try CommandProcess(start)
    } catch {
      guard case .cannotStart(let command, let code, let detail) = error else {
        throw .notExecutable(command: start.path, detail: "\(error)")
      }
      // The interpreter that a script's first line names is not there.
      guard code != ENOENT else { throw .notFound(command: command) }
      throw .notExecutable(command: command, detail: detail)
    }
  }

  private func startRecording(
    _ process: CommandProcess, _ follower: (any ProgramFollower)?, on thread: ReadyThread
  ) -> RecordingLoop {
    let notices = notices
    if let follower {
      reader.recorded = { [wish] points in
        if let reason = follower.recorded(points) { wish.reason.withLock { $0 = $0 ?? reason } }
      }
    }
    var sources: [any RecordingLoop.Source] = [
      StartRecorder(
        of: program.run, child: process.identifier,
        started: Tracker.startTime(of: process.identifier), changes: program.changes,
        notice: { notices.tell($0) }),
      reader,
    ]
    if let directory = request.tensorBoardDirectory {
      sources.append(
        TensorBoardReader(
          of: program.run, directory: directory, tracker: tracker,
          notice: { notices.tell($0) }, recorded: reader.recorded))
    }
    return RecordingLoop(sources, on: thread, directory: program.directory) { notices.tell($0) }
  }

  /// Takes down how the command ended, and when.
  private func takeDown(
    _ cause: ProgramEnd.Cause, _ used: ResourceUsage, _ peakMemory: Int64?, stop: StopReason?
  ) -> ProgramEnd {
    seen = program.run.endNow
    switch cause {
    case .exited(let code): usage.exitCode = code
    case .signalled(let number): usage.signal = number
    }
    usage.userSeconds = used.userSeconds
    usage.systemSeconds = used.systemSeconds
    usage.peakMemoryBytes = peakMemory
    let end = ProgramEnd(cause, stop: stop)
    writeEnd(end)
    return end
  }

  /// Has the next process know how the command ended, should this one be killed now.
  private func writeEnd(_ end: ProgramEnd) {
    guard let seen else { return }
    let path = program.directory.end(program.attempt)
    var file = EndFile(end, usage, seen: seen)
    file.told = file.told ?? EndFile(at: path)?.told
    try? file.write(to: path)
  }

  private func finish(
    _ end: ProgramEnd, _ streams: CommandStreams, _ loop: RecordingLoop
  ) -> ProgramEnd {
    usage.outputBytes = streams.outputBytes
    usage.errorBytes = streams.errorBytes
    var end = end
    let errors = KeptOutput(program.directory.errors(program.attempt)).lastLine
    end.lastErrorLine =
      errors
      ?? (streams.errors < 0
        ? KeptOutput(program.directory.output(program.attempt)).lastLine : nil)
    writeEnd(end)
    failure = loop.finish()
    hasWarned = loop.hasWarned
    end.told = reader.end
    return end
  }

  /// Ends the run, with all that is left to record.
  ///
  /// - Parameters:
  ///   - state: Finished, failed or interrupted, such as ``ProgramEnd/state``.
  ///   - error: Why it failed, in one line.
  /// - Throws: `TrackerError`, such as `leaseLost`, or `SQLiteError`; the next command that opens the
  ///   database records it then.
  public func close(_ state: RunState, error: String?) throws {
    if let failure { throw failure }
    let closer = ExecutionCloser(
      run: program.run, directory: program.directory, database: program.database,
      workingDirectory: request.workingDirectory, artifactPatterns: request.artifactPatterns,
      seen: seen)
    for problem in try closer.close(state, error: error, usage: usage) { notices.tell(problem) }
  }
}

/// Why the follower of a command wants it to stop.
private final class StopWish: Sendable {
  /// Nil: it does not.
  let reason = Mutex<StopReason?>(nil)
}

/// What the user should know, held back while the terminal is another program's.
final class Notices: Sendable {
  private let notice: @Sendable (String) -> Void
  /// What is held back; nil: nothing is.
  private let held = Mutex<[String]?>(nil)

  init(_ notice: @escaping @Sendable (String) -> Void) {
    self.notice = notice
  }

  func tell(_ text: String) {
    let isHeld = held.withLock { held in
      held?.append(text)
      return held != nil
    }
    if !isHeld { notice(text) }
  }

  func hold() { held.withLock { $0 = $0 ?? [] } }

  func release() {
    let texts = held.withLock { held in
      defer { held = nil }
      return held ?? []
    }
    for text in texts { notice(text) }
  }
}
