internal import Synchronization

/// What the event loop knows of a client and the thread that answers it must know, too.
final class Peer: Sendable {
  private struct State {
    /// When what is under way must end, since the server does.
    var end: ContinuousClock.Instant?
    /// Whether the client sends nothing more.
    var hasEnded = false
    /// Whether the connection is closed.
    var isGone = false
  }

  private let state = Mutex(State())

  /// Whether the server ends.
  var isStopping: Bool { state.withLock { $0.end != nil } }

  /// Whether the connection is closed.
  var isGone: Bool { state.withLock { $0.isGone } }

  /// Whether nobody waits for more of an answer that has no end of its own.
  var isAbandoned: Bool { state.withLock { $0.end != nil || $0.hasEnded || $0.isGone } }

  /// Whether an answer that is due at a time is waited for no longer.
  func isOver(_ deadline: ContinuousClock.Instant) -> Bool {
    state.withLock { $0.isGone || .now > min(deadline, $0.end ?? deadline) }
  }

  func stop(at time: ContinuousClock.Instant) { state.withLock { $0.end = time } }

  func noteEnd() { state.withLock { $0.hasEnded = true } }

  func noteClosing() { state.withLock { $0.isGone = true } }
}
