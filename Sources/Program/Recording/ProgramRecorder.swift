internal import Foundation
public import Tracker

/// Records a run of a program that this process does not start: the program appends events, and is
/// told where.
public final class ProgramRecorder {
  private let request: ProgramRequest
  private let program: StartedProgram
  private let reader: EventReader
  private let starter: StartRecorder

  /// Prepares to record a run that has been begun.
  ///
  /// - Parameters:
  ///   - request: What the run was begun with.
  ///   - program: The run.
  ///   - process: The number of the program's process.
  ///   - tracker: The database.
  ///   - notice: Receives what the user should know.
  public init(
    _ request: ProgramRequest, _ program: StartedProgram, process: Int32, tracker: Tracker,
    notice: @escaping @Sendable (String) -> Void
  ) {
    self.request = request
    self.program = program
    reader = EventReader(
      of: program.run, in: program.directory, workingDirectory: request.workingDirectory,
      tracker: tracker, notice: notice)
    starter = StartRecorder(
      of: program.run, child: process, started: Tracker.startTime(of: process),
      changes: program.changes, notice: notice)
  }

  /// What the program is told: where its events and files go.
  public var answer: JSONValue {
    let directory = program.directory
    return .object([
      "version": .integer(1), "run": .string(program.run.uuid),
      "attempt": .integer(Int64(program.attempt)), "db": .string(program.database),
      "events": .string(directory.events(program.attempt)),
      "state": .string(directory.state(program.attempt)),
      "control": .string(directory.control(program.attempt)),
      "checkpoints": .string(directory.checkpoints), "files": .string(directory.files),
    ])
  }

  /// What the program's last event said of its end; nil: nothing.
  public var told: ToldEnd? { reader.end }

  /// Records what has come since the last time, and returns at once.
  ///
  /// - Parameter follower: Follows the metrics; nil: nobody does.
  /// - Returns: Why the follower wants the program to stop; nil: it does not.
  /// - Throws: ``ProgramError``, `TrackerError` or `SQLiteError`. What could not be recorded stays in
  ///   the run's directory, and is read again the next time.
  public func record(following follower: (any ProgramFollower)? = nil) throws -> StopReason? {
    var wish: StopReason?
    reader.recorded = follower.map { follower in
      { points in wish = wish ?? follower.recorded(points) }
    }
    defer { reader.recorded = nil }
    try starter.read(isLast: false)
    try reader.read(isLast: false)
    return wish
  }

  /// Tells the program to stop, by its control file.
  public func say(_ stop: StopReason) {
    ControlFile(program.directory.control(program.attempt)).say(stop)
  }

  /// Records what is left, and ends the run.
  ///
  /// - Parameters:
  ///   - state: Finished, failed or interrupted.
  ///   - error: Why it failed, in one line.
  /// - Throws: `TrackerError` or `SQLiteError`; the next command that opens the database records it
  ///   then.
  public func close(_ state: RunState, error: String?) throws {
    try takeLast()
    try end(state, error: error)
  }

  /// Records what is left, and ends the run as the program's last event says, or else as
  /// interrupted.
  ///
  /// - Throws: `TrackerError` or `SQLiteError`; the next command that opens the database records it
  ///   then.
  public func closeAsTold() throws {
    try takeLast()
    try end(told?.state ?? .interrupted, error: told?.error)
  }

  private func takeLast() throws {
    try starter.read(isLast: true)
    try reader.read(isLast: true)
  }

  private func end(_ state: RunState, error: String?) throws {
    let closer = ExecutionCloser(
      run: program.run, directory: program.directory, database: program.database,
      workingDirectory: request.workingDirectory, artifactPatterns: request.artifactPatterns)
    _ = try closer.close(state, error: error, usage: ProgramUsage())
  }
}
