internal import Foundation
internal import Subprocess
public import Tracker

/// Runs a command that has been begun, and records what it reports until it has ended.
public final class ProgramSupervisor {
  private let request: ProgramRequest
  private let program: StartedProgram
  private let tracker: Tracker
  private let notice: @Sendable (String) -> Void

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
    self.notice = notice
  }

  /// Starts the command, records what it reports, and returns when it has ended.
  ///
  /// The run is still this process's then: ``close(_:error:)`` ends it.
  ///
  /// - Parameters:
  ///   - isCancelled: Returns true to stop the command; called several times a second.
  ///   - follower: Follows its metrics; nil: nobody does.
  /// - Returns: How it ended.
  /// - Throws: ``ProgramError/notFound(command:)`` or
  ///   ``ProgramError/notExecutable(command:detail:)``. What fails later is noticed, and the command
  ///   goes on.
  public func run(
    isCancelled: @escaping @Sendable () -> Bool, following follower: (any ProgramFollower)? = nil
  ) throws -> ProgramEnd {
    var command = Subprocess(
      request.command[0], Array(request.command.dropFirst()), directory: request.workingDirectory)
    command.environment = program.environment(
      for: request, program: Bundle.main.executablePath ?? "assay"
    ).mapValues { $0 }
    command.hasOwnGroup = true
    let process: RunningSubprocess
    do throws(SubprocessError) {
      process = try command.start(output: .inherited)
    } catch {
      throw ProgramError.notExecutable(command: request.command[0], detail: "\(error)")
    }
    switch process.wait() {
    case .exited(let code): return ProgramEnd(.exited(code))
    case .signalled(let number): return ProgramEnd(.signalled(number))
    }
  }

  /// Ends the run, with all that is left to record.
  ///
  /// - Parameters:
  ///   - state: Finished, failed or interrupted, such as ``ProgramEnd/state``.
  ///   - error: Why it failed, in one line.
  /// - Throws: `TrackerError`, such as `leaseLost`, or `SQLiteError`; the next command that opens the
  ///   database records it then.
  public func close(_ state: RunState, error: String?) throws {
    switch state {
    case .finished: try program.run.finish { try $0.markRecorded(program.attempt) }
    case .failed:
      try program.run.fail(error ?? "failed") { try $0.markRecorded(program.attempt) }
    default: try program.run.interrupt { try $0.markRecorded(program.attempt) }
    }
    program.directory.clear(keepingCheckpoints: state != .finished)
  }
}
