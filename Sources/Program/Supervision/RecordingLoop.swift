internal import Bytes
internal import Foundation
internal import SQLite
internal import Synchronization
internal import Tracker

/// Records, on a thread of its own, what a command reports while it runs.
///
/// What cannot be recorded, since the disk is full or another program holds the database, stays in
/// the run's directory and is tried again: the command goes on.
final class RecordingLoop: Sendable {
  /// What is read and recorded again and again.
  protocol Source: AnyObject {
    /// Records what has come.
    ///
    /// - Parameter isLast: Whether nothing comes any more.
    /// - Throws: What keeps it from being recorded: it is tried again.
    func read(isLast: Bool) throws
  }

  private struct State {
    var hasWarned = false
    var isOver = false
    var failure: (any Error)?
  }

  /// Files that grow are looked at so often, in seconds.
  private static let interval = 0.2
  /// After a failure it is tried again so much later, in seconds.
  private static let pause = 3.0

  private nonisolated(unsafe) let sources: [any Source]
  private let directory: RunDirectory
  private let notice: @Sendable (String) -> Void
  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  /// Begins to record.
  ///
  /// - Parameters:
  ///   - sources: What is recorded, in this order; from here on only the thread uses them, until
  ///     ``finish()`` has returned.
  ///   - thread: What records them.
  ///   - directory: Where events stay that cannot be recorded.
  ///   - notice: Receives the warning that they do.
  init(
    _ sources: [any Source], on thread: ReadyThread, directory: RunDirectory,
    notice: @escaping @Sendable (String) -> Void
  ) {
    self.sources = sources
    self.directory = directory
    self.notice = notice
    thread.begin { [self] in
      loop()
      ended.signal()
    }
  }

  private func loop() {
    while true {
      let isLast = state.withLock { $0.isOver }
      var failed = false
      do {
        for source in sources { try source.read(isLast: isLast) }
        state.withLock { $0.failure = nil }
      } catch {
        failed = true
        fail(error, isLast: isLast)
      }
      if isLast { return }
      _ = wake.wait(timeout: .now() + (failed ? Self.pause : Self.interval))
    }
  }

  /// Warns once; of the last failure whoever ends the run says more.
  private func fail(_ error: any Error, isLast: Bool) {
    let isFirst = state.withLock { state in
      defer { state.hasWarned = state.hasWarned || !isLast }
      state.failure = error
      return !state.hasWarned
    }
    guard isFirst, !isLast else { return }
    notice(
      "events cannot be recorded now (\(error)): they stay in \(directory.path), the command goes "
        + "on, and the next assay command records what this one cannot")
  }

  /// Whether the user was told that events cannot be recorded.
  var hasWarned: Bool { state.withLock { $0.hasWarned } }

  /// Records what is left, and ends.
  ///
  /// - Returns: Why that failed; nil: all is recorded.
  func finish() -> (any Error)? {
    state.withLock { $0.isOver = true }
    wake.signal()
    ended.wait()
    return state.withLock { $0.failure }
  }
}
