import Dispatch
import Foundation

/// Ends a query when the user or the clock says so.
///
/// SQLite stops at its next step. A single step may take long all the same, such as the search for
/// one long text in another: then the process ends, which loses nothing, since a query only reads.
final class QueryDeadline: Sendable {
  /// Whether the query is to stop.
  let isOver: @Sendable () -> Bool
  /// A source may be used from any thread; only its type does not say so.
  private nonisolated(unsafe) let lastResort: any DispatchSourceTimer

  private static let graceSeconds = 0.7
  private static let interval = DispatchTimeInterval.milliseconds(50)

  /// Starts the clock.
  ///
  /// - Parameters:
  ///   - seconds: How long the query may take; nil for any time.
  ///   - isCancelled: Whether the user wants it to stop.
  init(seconds: Double?, isCancelled: @escaping @Sendable () -> Bool) {
    let deadline = seconds.map { ContinuousClock.now + .seconds($0) }
    let isLate: @Sendable () -> Bool = { deadline.map { ContinuousClock.now > $0 } ?? false }
    isOver = { isCancelled() || isLate() }
    nonisolated(unsafe) let timer = DispatchSource.makeTimerSource(
      queue: DispatchQueue(label: "assay.query.deadline"))
    lastResort = timer
    timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval)
    let isOver = isOver
    timer.setEventHandler {
      guard isOver() else { return }
      Thread.sleep(forTimeInterval: Self.graceSeconds)
      guard !timer.isCancelled else { return }
      let error: any Error =
        isCancelled() ? QueryInterrupted() : QueryTimeout(seconds: seconds ?? 0)
      guard let failure = Failure(error) else { return }
      StandardError.write("assay: \(failure.message)")
      _exit(failure.code)
    }
    timer.resume()
  }

  /// Stops the clock: the query is done.
  func end() {
    lastResort.cancel()
  }
}

/// The user stopped a query.
struct QueryInterrupted: Reportable {
  var fact: String { "interrupted" }
  var status: ExitStatus { .interrupted }
}
