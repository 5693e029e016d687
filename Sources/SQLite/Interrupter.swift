internal import CSQLite
internal import Dispatch
internal import Synchronization

/// Interrupts a connection's statements from another thread once work is over.
///
/// SQLite asks its progress handler between the steps of its machine alone; this also ends what
/// checks for an interruption within a step.
final class Interrupter: Sendable {
  /// A source may be used from any thread; only its type does not say so.
  private nonisolated(unsafe) let timer: any DispatchSourceTimer
  private let isStopped: Stop

  private static let milliseconds = 50

  private final class Stop: Sendable {
    let isSet = Mutex(false)
  }

  /// Begins to ask.
  ///
  /// - Parameters:
  ///   - database: The connection's handle, which must stay open until ``stop()``.
  ///   - isOver: Returns true to interrupt; called on a thread of its own.
  init(of database: OpaquePointer, when isOver: @escaping @Sendable () -> Bool) {
    let stop = Stop()
    isStopped = stop
    // The handle is used while the connection is open, which the lock makes sure of.
    nonisolated(unsafe) let database = database
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "sqlite.interrupter"))
    let time = DispatchTimeInterval.milliseconds(Self.milliseconds)
    timer.schedule(deadline: .now() + time, repeating: time)
    timer.setEventHandler {
      guard isOver() else { return }
      stop.isSet.withLock { if !$0 { sqlite3_interrupt(database) } }
    }
    timer.resume()
  }

  /// Asks no more; the connection may be closed.
  func stop() {
    timer.cancel()
    isStopped.isSet.withLock { $0 = true }
  }
}
