internal import Foundation
internal import Subprocess

/// Waits for a command to end: hands signals on, and stops it when it is to stop.
struct CommandGuardian {
  private let process: CommandProcess
  private let grace: Double
  private let deadline: ContinuousClock.Instant?
  private let control: String
  private let killsGroup: Bool
  /// Why the command was told to stop; nil: it was not.
  private(set) var stop: StopReason?
  private var memory: CommandMemory
  /// When it is killed that was told to end.
  private var killTime: ContinuousClock.Instant?

  /// Questions are asked so often, in milliseconds.
  private static let interval: Int32 = 100
  /// And so often where the system does not tell of the end.
  private static let shortInterval: Int32 = 5

  /// Begins to guard a command.
  ///
  /// - Parameters:
  ///   - process: The command.
  ///   - grace: The time between SIGTERM and SIGKILL, in seconds.
  ///   - timeout: The time that it may take, in seconds; nil: any.
  ///   - control: The file of words to the command.
  ///   - killsGroup: Whether what is left of its group is killed when the command has ended that was
  ///     told to stop.
  init(
    process: CommandProcess, grace: Double, timeout: Double?, control: String, killsGroup: Bool
  ) {
    self.process = process
    self.grace = grace
    self.control = control
    self.killsGroup = killsGroup
    memory = CommandMemory(of: process.identifier)
    deadline = timeout.map { .now + .seconds($0) }
  }

  /// Waits for the end.
  ///
  /// - Parameters:
  ///   - signals: The signals to hand on; nil: none.
  ///   - session: The command's terminal; nil: it has none.
  ///   - isCancelled: Whether to stop the command.
  ///   - wish: Why others want it to stop; nil: they do not.
  /// - Returns: How the command ended, what it used, and how much memory.
  mutating func wait(
    signals: SignalWatch?, session: TerminalSession?, isCancelled: () -> Bool,
    wish: () -> StopReason?
  ) -> (ProgramEnd.Cause, ResourceUsage, peakMemory: Int64?) {
    while true {
      memory.look()
      for number in signals?.take() ?? [] { handOn(number, session) }
      if stop == nil {
        if isCancelled() { stop(.interrupted) }
        if let reason = wish() { stop(reason) }
        if let deadline, deadline <= .now { stop(.timeout) }
      }
      if let killTime, killTime <= .now { process.send(SIGKILL) }
      if process.hasEnded {
        if killsGroup, stop != nil { process.send(SIGKILL) }
        if case .ended(let end, let usage) = process.poll() {
          return (Self.cause(end), usage, memory.peak(reported: usage.peakMemoryBytes))
        }
      }
      pause(signals, session)
    }
  }

  private static func cause(_ end: SubprocessEnd) -> ProgramEnd.Cause {
    switch end {
    case .exited(let status): .exited(status)
    case .signalled(let number): .signalled(number)
    }
  }

  private mutating func pause(_ signals: SignalWatch?, _ session: TerminalSession?) {
    var watched = [process.endDescriptor, signals?.descriptor ?? -1].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    watched += session?.watched ?? []
    let interval = process.endDescriptor < 0 ? Self.shortInterval : Self.interval
    guard poll(&watched, nfds_t(watched.count), interval) > 0 else { return }
    if watched.count > 2, watched[2].revents != 0, session?.handOn() == true { suspend(session) }
  }

  private mutating func handOn(_ number: Int32, _ session: TerminalSession?) {
    switch number {
    case SIGTERM: stop(.interrupted)
    case SIGINT, SIGHUP:
      // The command decides what the keys mean, as it does without anybody between.
      stop = stop ?? .interrupted
      process.send(number)
    case SIGTSTP: suspend(session)
    case SIGCONT:
      process.send(SIGCONT)
      session?.resume()
    case SIGWINCH: session?.takeSize()
    case SIGCHLD: break
    default: process.send(number)
    }
  }

  /// Tells the command why it is to end, asks it to, and sets the time at which it is killed.
  private mutating func stop(_ reason: StopReason) {
    stop = stop ?? reason
    guard killTime == nil else { return process.send(SIGTERM) }
    ControlFile(control).say(reason)
    process.send(SIGTERM)
    process.send(SIGCONT)
    killTime = .now + .seconds(grace)
  }

  /// Stops the command and this process, until somebody continues this one.
  private func suspend(_ session: TerminalSession?) {
    session?.restore()
    // The key's own signal does not stop what has a session of its own.
    process.send(session == nil ? SIGTSTP : SIGSTOP)
    kill(getpid(), SIGSTOP)
    process.send(SIGCONT)
    session?.resume()
  }
}
