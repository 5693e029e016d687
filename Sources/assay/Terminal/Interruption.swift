import Dispatch
import Foundation
import Synchronization

/// Turns SIGINT and SIGTERM into a question that work can ask.
///
/// The first signal asks the work to stop after the current chunk; a second one ends the process at
/// once, which loses that chunk and nothing else.
final class Interruption: Sendable {
  private let isRequested = Atomic(false)
  /// Sources may be used from any thread; only their type does not say so.
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  /// Starts listening, for as long as the process lives.
  static let shared = Interruption()

  private init() {
    let queue = DispatchQueue(label: "assay.signals")
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: queue)
    }
    for source in sources {
      source.setEventHandler { [self] in
        if isRequested.exchange(true, ordering: .relaxed) { _exit(130) }
      }
      source.resume()
    }
  }

  /// Whether a signal has come.
  var isCancelled: @Sendable () -> Bool {
    { [self] in isRequested.load(ordering: .relaxed) }
  }
}
