internal import Foundation
public import Tracker

/// Records the events of a program that runs by itself, and that says by a pipe how long it does.
public final class RecordSession {
  private let recorder: ProgramRecorder
  private let directory: RunDirectory
  private let process: Int32
  private let processStarted: String
  private let notice: @Sendable (String) -> Void
  private var hasWarned = false
  private var nextTry = ContinuousClock.now

  /// After a failure it is tried again so much later, in seconds.
  private static let pause = 3.0
  /// Events are looked for so often, in milliseconds.
  private static let interval: Int32 = 200

  /// Records a program's run as begun.
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
    self.process = start.process ?? process
    self.notice = notice
    processStarted = Tracker.startTime(of: self.process)
    let program = try StartedProgram.begin(start.request, in: tracker)
    directory = program.directory
    recorder = ProgramRecorder(
      start.request, program, process: self.process, tracker: tracker, notice: notice)
  }

  /// What the program is told: a JSON object in one line.
  public var answer: String { recorder.answer.canonical }

  /// Records events until the program closes its end of a pipe, or has ended.
  ///
  /// Those that it has started may hold the pipe open when it has ended.
  ///
  /// - Parameter descriptor: The pipe; what still comes is read over.
  public func follow(until descriptor: Int32) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      record()
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

  private func record() {
    guard nextTry <= .now else { return }
    do {
      _ = try recorder.record()
    } catch {
      nextTry = .now + .seconds(Self.pause)
      guard !hasWarned else { return }
      hasWarned = true
      notice("events cannot be recorded now (\(error)); they stay in \(directory.path)")
    }
  }

  /// Records what is left, and ends the run as the program's last event says, or else as
  /// interrupted.
  ///
  /// - Throws: `TrackerError` or `SQLiteError`; the next command that opens the database records it
  ///   then.
  public func finish() throws { try recorder.closeAsTold() }
}
