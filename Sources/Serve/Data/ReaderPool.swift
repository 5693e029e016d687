internal import Foundation
internal import SQLite
internal import Synchronization
internal import Tracker

/// Connections that read one database, lent to requests.
final class ReaderPool: Sendable {
  private let path: String
  private let idle: Mutex<[Tracker]>
  private let free: DispatchSemaphore

  /// As many read at the same time; more wait for one of them.
  private static let count = 8

  /// Prepares to open connections.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - opensFirst: Whether one is opened at once, so that a file that cannot be read is noticed.
  /// - Throws: `SQLiteError` or `TrackerError`.
  init(_ path: String, opensFirst: Bool = true) throws {
    self.path = path
    idle = Mutex(opensFirst ? [try Tracker(reading: path)] : [])
    free = DispatchSemaphore(value: Self.count)
  }

  /// Lends a connection to a body, whose statements end when its time is over.
  ///
  /// - Throws: ``HTTPFailure`` if there is none in time, or the time is over; what the body throws.
  func read<Result>(
    until deadline: ContinuousClock.Instant, isOver: @escaping @Sendable () -> Bool,
    _ body: (Tracker) throws -> Result
  ) throws -> Result {
    let seconds = (deadline - .now) / .seconds(1)
    guard free.wait(timeout: .now() + max(0, seconds)) == .success else {
      throw HTTPFailure(.unavailable, "the server has too much to do; try again")
    }
    defer { free.signal() }
    let tracker = try idle.withLock { $0.popLast() } ?? Tracker(reading: path)
    defer { idle.withLock { $0.append(tracker) } }
    let limit = try tracker.read { $0.limitStatements(when: isOver) }
    defer { limit.lift() }
    do {
      return try body(tracker)
    } catch let error as SQLiteError where error.kind == .interrupted {
      throw HTTPFailure(.unavailable, "the question took too long and was ended; ask for less")
    }
  }
}
