internal import Foundation
public import Tracker

/// Records the events of a program that runs by itself, and that says by a pipe how long it does.
public final class RecordSession {
  private let start: RecordedStart
  private let program: StartedProgram
  private let reader: EventReader
  private let loop: RecordingLoop
  private let process: Int32
  private let processStarted: String

  /// So often it is looked whether the program still lives, in milliseconds: those that it has
  /// started may hold the pipe open.
  private static let interval: Int32 = 1000

  /// Records a program's run as begun, and begins to read its events.
  ///
  /// - Parameters:
  ///   - start: What the program says of itself.
  ///   - process: The number of its process where it does not say.
  ///   - tracker: The database.
  ///   - notice: Receives what the user should know.
  /// - Throws: ``ProgramError``, `TrackerError` or `SQLiteError`.
  public init(
    _ start: RecordedStart, process: Int32, tracker: Tracker,
    notice: @escaping @Sendable (String) -> Void
  ) throws {
    self.start = start
    self.process = start.process ?? process
    processStarted = Tracker.startTime(of: self.process)
    program = try StartedProgram.begin(start.request, in: tracker)
    reader = EventReader(
      of: program.run, in: program.directory,
      workingDirectory: start.request.workingDirectory, tracker: tracker, notice: notice)
    let starter = StartRecorder(
      of: program.run, child: self.process, started: processStarted, changes: program.changes,
      notice: notice)
    loop = RecordingLoop([starter, reader], directory: program.directory, notice: notice)
  }

  /// What the program is told: a JSON object in one line.
  public var answer: String {
    let directory = program.directory
    return JSONValue.object([
      "version": .integer(1), "run": .string(program.run.uuid),
      "attempt": .integer(Int64(program.attempt)), "db": .string(program.database),
      "events": .string(directory.events(program.attempt)),
      "state": .string(directory.state(program.attempt)),
      "control": .string(directory.control(program.attempt)),
      "checkpoints": .string(directory.checkpoints), "files": .string(directory.files),
    ]).canonical
  }

  /// Waits until the program closes its end of a pipe, or has ended.
  ///
  /// - Parameter descriptor: The pipe; what still comes is read over.
  public func wait(for descriptor: Int32) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&watched, 1, Self.interval)
      if ready == 0, !processStarted.isEmpty, Tracker.startTime(of: process) != processStarted {
        return
      }
      guard ready > 0 else { continue }
      let count = read(descriptor, &buffer, buffer.count)
      if count == 0 || count < 0 && errno != EINTR && errno != EAGAIN { return }
    }
  }

  /// Records what is left, and ends the run as the program's last event says, or else as
  /// interrupted.
  ///
  /// - Throws: `TrackerError` or `SQLiteError`; the next command that opens the database records it
  ///   then.
  public func finish() throws {
    if loop.finish() != nil { try reader.read(isLast: true) }
    let closer = ExecutionCloser(
      run: program.run, directory: program.directory,
      workingDirectory: start.request.workingDirectory, artifactPatterns: [])
    _ = try closer.close(
      reader.end?.state ?? .interrupted, error: reader.end?.error, usage: ProgramUsage())
  }
}
