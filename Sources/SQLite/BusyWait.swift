internal import CSQLite
internal import Foundation

/// Waits for another connection's lock: longer and longer, at random, until a timeout or a
/// cancellation.
///
/// sqlite3_busy_timeout cannot be ended from outside, and connections that wait in step collide
/// again.
final class BusyWait {
  private let timeoutSeconds: Double
  private let isCancelled: @Sendable () -> Bool
  private var waitedSeconds = 0.0

  init(timeoutSeconds: Double, isCancelled: @escaping @Sendable () -> Bool) {
    self.timeoutSeconds = timeoutSeconds
    self.isCancelled = isCancelled
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

  private func wait(attempt: Int) -> Bool {
    if attempt == 0 { waitedSeconds = 0 }
    guard waitedSeconds < timeoutSeconds, !isCancelled() else { return false }
    let longest = min(0.1, 0.001 * Double(1 << min(attempt, 7)))
    let seconds = Double.random(in: longest / 2...longest)
    Thread.sleep(forTimeInterval: seconds)
    waitedSeconds += seconds
    return true
  }
}
