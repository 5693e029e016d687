internal import Bytes
internal import Foundation
internal import Synchronization

/// Threads that answer requests: as many as there are requests at a time, each kept for a while.
///
/// Answers come from SQLite, which is asked on the thread that waits for it, and the event loop must not
/// wait.
final class Workers: Sendable {
  typealias Work = @Sendable () -> Void

  private struct State {
    var waiting: [Work] = []
    /// How many threads wait for work.
    var resting = 0
  }

  private let state = Mutex(State())
  private let news = DispatchSemaphore(value: 0)

  /// How long a thread waits for work before it ends, in seconds.
  private static let patience = 10.0

  /// Has a thread do some work.
  ///
  /// - Throws: `Shortage` if none is free and there are no more: then the work is not done.
  func perform(_ work: @escaping Work) throws(Shortage) {
    let isAwaited = state.withLock { state in
      let isAwaited = state.waiting.count < state.resting
      if isAwaited { state.waiting.append(work) }
      return isAwaited
    }
    if isAwaited {
      news.signal()
    } else {
      try ReadyThread().begin { [self] in
        work()
        while let next = self.next() { next() }
      }
    }
  }

  /// The next work; nil if there was none for long.
  private func next() -> Work? {
    let first = state.withLock { state -> Work? in
      if state.waiting.isEmpty {
        state.resting += 1
        return nil
      }
      return state.waiting.removeFirst()
    }
    if let first { return first }
    while true {
      let hasGivenUp = news.wait(timeout: .now() + Self.patience) == .timedOut
      let (work, ends) = state.withLock { state -> (Work?, Bool) in
        // A thread that had just ended its work may have been faster.
        let work = state.waiting.isEmpty ? nil : state.waiting.removeFirst()
        let ends = work != nil || hasGivenUp
        if ends { state.resting -= 1 }
        return (work, ends)
      }
      if ends { return work }
    }
  }
}
