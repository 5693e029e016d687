internal import Bytes
internal import Foundation
internal import Synchronization
internal import Tracker

/// Tells listeners that a database has changed; while nobody listens, it does nothing.
final class ChangeWatcher: Sendable {
  private let path: String
  private let state = Mutex(State())
  private let news = NSCondition()

  private struct State {
    var listeners = 0
    var isWatching = false
    /// Counts the changes that were seen.
    var count = 0
  }

  /// How often the database's version, a number in shared memory, is looked at, in seconds.
  private static let pause = 0.2

  init(_ path: String) { self.path = path }

  /// Listens while a body runs.
  ///
  /// - Throws: `Shortage` if there is no thread that watches; what the body throws.
  func listening<Result>(_ body: () throws -> Result) throws -> Result {
    try state.withLock { state in
      if !state.isWatching { try ReadyThread().begin { self.watch() } }
      state.isWatching = true
      state.listeners += 1
    }
    defer { state.withLock { $0.listeners -= 1 } }
    return try body()
  }

  /// How many changes were seen so far.
  var count: Int { state.withLock { $0.count } }

  /// Waits for a change after one.
  ///
  /// - Parameters:
  ///   - earlier: The number of changes that are known.
  ///   - seconds: How long to wait at most.
  /// - Returns: Their number then, perhaps the same.
  func wait(after earlier: Int, seconds: Double) -> Int {
    let end = Date().addingTimeInterval(seconds)
    news.lock()
    defer { news.unlock() }
    while count == earlier, news.wait(until: end) {}
    return count
  }

  private func watch() {
    var tracker = try? Tracker(reading: path)
    var version = try? tracker?.dataVersion
    while goesOn() {
      Thread.sleep(forTimeInterval: Self.pause)
      if tracker == nil { tracker = try? Tracker(reading: path) }
      let current = try? tracker?.dataVersion
      // A file that cannot be asked now is opened anew.
      if current == nil { tracker = nil }
      guard current != version else { continue }
      version = current
      news.lock()
      state.withLock { $0.count += 1 }
      news.broadcast()
      news.unlock()
    }
  }

  private func goesOn() -> Bool {
    state.withLock { state in
      state.isWatching = state.listeners > 0
      return state.isWatching
    }
  }
}
