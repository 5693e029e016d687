internal import CSQLite
internal import Foundation

/// The time that a connection waits for another program's lock.
public enum Patience: Sendable {
  /// This many seconds.
  case limited(seconds: Double)
  /// Until the lock is released, or the work is cancelled.
  case unlimited
}

/// Waits for another connection's lock: longer and longer, at random, until its patience or the
/// work ends.
///
/// sqlite3_busy_timeout cannot be ended from outside, and connections that wait in step collide
/// again.
final class BusyWait {
  private let path: String
  private let patience: Patience
  private let isCancelled: @Sendable () -> Bool
  private let notice: @Sendable (String) -> Void
  private var start = ContinuousClock.now
  private var hasToldOf = false
  /// Whether a statement is run anew, whose waits count together.
  private var isRetrying = false
  /// Whether the last wait ended because the work was cancelled.
  private(set) var wasCancelled = false

  /// Shorter waits are not reported.
  private static let quietTime = Duration.seconds(3)

  /// The time that cancelled work still waits, to give back what it holds, such as a trial, while
  /// other workers do the same.
  private static let lastWait = Duration.milliseconds(500)

  init(
    path: String, patience: Patience, isCancelled: @escaping @Sendable () -> Bool,
    notice: @escaping @Sendable (String) -> Void
  ) {
    self.path = path
    self.patience = patience
    self.isCancelled = isCancelled
    self.notice = notice
  }

  /// Makes a connection wait this way; this object must live as long as the connection.
  func install(on database: OpaquePointer) {
    sqlite3_busy_handler(
      database,
      { context, attempts in
        guard let context else { return 0 }
        return Unmanaged<BusyWait>.fromOpaque(context).takeUnretainedValue()
          .wait(attempt: Int(attempts)) ? 1 : 0
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Runs a body anew while it fails for another's lock that SQLite doesn't wait for itself, as long
  /// as one wait would last.
  ///
  /// - Precondition: What the body does, it can do again.
  func retry(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
    (start, hasToldOf, isRetrying) = (.now, false, true)
    defer { isRetrying = false }
    var (attempt, isLast) = (0, false)
    while true {
      do {
        return try body()
      } catch {
        guard error.kind == .busy, !isLast else { throw error }
        // The last attempt's error says why the wait ended.
        isLast = !wait(attempt: attempt)
        attempt += 1
      }
    }
  }

  private func wait(attempt: Int) -> Bool {
    if attempt == 0, !isRetrying { (start, hasToldOf) = (.now, false) }
    let waited = ContinuousClock.now - start
    wasCancelled = isCancelled() && waited >= Self.lastWait
    guard !wasCancelled, isPatient(after: waited) else { return false }
    if !hasToldOf, waited >= Self.quietTime {
      hasToldOf = true
      notice("waiting until another program has finished writing to \(path)")
    }
    let longest = min(0.1, 0.001 * Double(1 << min(attempt, 7)))
    Thread.sleep(forTimeInterval: Double.random(in: longest / 2...longest))
    return true
  }

  private func isPatient(after waited: Duration) -> Bool {
    switch patience {
    case .limited(let seconds): waited < .seconds(seconds)
    case .unlimited: true
    }
  }
}
