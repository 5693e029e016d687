internal import Foundation
package import PostgreSQL

/// The connection of one process to a queue, which is opened again when it is lost.
///
/// A body that runs on it may run twice, where the answer of the server was lost: it must be such that
/// the second time does nothing.
package final class QueueLink: Sendable {
  /// What happens when the server cannot be reached.
  package enum Patience: Sendable {
    /// Nothing is waited for, not even for a connection to be opened.
    case none
    /// A connection is opened again, once.
    case once
    /// The server is waited for until the work is cancelled.
    case untilCancelled
  }

  private let address: String
  private let isCancelled: @Sendable () -> Bool
  private let notice: @Sendable (String) -> Void
  private let lock = NSLock()
  /// Used under the lock alone.
  private nonisolated(unsafe) var connection: PostgreSQLConnection?
  private nonisolated(unsafe) var hasBeenOpen = false
  private nonisolated(unsafe) var hasToldOfLoss = false

  /// For how long a server may say nothing.
  private static let silence = Duration.seconds(20)
  /// How long work that has something else to do waits for others that use the connection, in seconds.
  private static let turn = 1.0
  /// The longest pause between two attempts to open the connection, in seconds.
  private static let longestPause = 5.0

  /// Prepares to open a connection.
  ///
  /// - Parameters:
  ///   - address: A URI or a list of `keyword=value`, as libpq takes them.
  ///   - isCancelled: Returns true to stop waiting; called often.
  ///   - notice: Receives, on any thread, what the user should know.
  package init(
    _ address: String, isCancelled: @escaping @Sendable () -> Bool,
    notice: @escaping @Sendable (String) -> Void
  ) {
    self.address = address
    self.isCancelled = isCancelled
    self.notice = notice
  }

  /// Runs a body on the connection, again if it is lost meanwhile and the patience lasts.
  ///
  /// - Parameters:
  ///   - patience: What happens when the server cannot be reached.
  ///   - body: What is done; its parameter is whether an earlier time may have succeeded.
  /// - Returns: What the body returns.
  /// - Throws: `PostgreSQLError.lost` when the patience is over, `cancelled`, any other error of the
  ///   server's; ``QueueError``; what the body throws.
  package func run<Result>(
    _ patience: Patience = .untilCancelled,
    _ body: (PostgreSQLConnection, _ isRepeated: Bool) throws -> Result
  ) throws -> Result {
    var pause = 0.05
    var isRepeated = false
    while true {
      var wasOpen = false
      do {
        return try attempt(patience, &wasOpen) { connection in
          defer { isRepeated = true }
          return try body(connection, isRepeated)
        }
      } catch PostgreSQLError.lost where patience == .once && wasOpen {
        // What broke was a connection of before; one that is new says whether the server is there.
      } catch PostgreSQLError.lost where patience == .untilCancelled {
        try sleep(pause)
        pause = min(2 * pause, Self.longestPause)
      } catch PostgreSQLError.statement(let state, _) where ["40001", "40P01"].contains(state) {
        // Two transactions waited for each other, and this one was chosen to give way.
        guard !isCancelled() else { throw PostgreSQLError.cancelled }
      }
    }
  }

  private func attempt<Result>(
    _ patience: Patience, _ wasOpen: inout Bool, _ body: (PostgreSQLConnection) throws -> Result
  ) throws -> Result {
    if patience == .none {
      guard lock.lock(before: Date(timeIntervalSinceNow: Self.turn)) else {
        throw PostgreSQLError.lost
      }
    } else {
      lock.lock()
    }
    defer { lock.unlock() }
    wasOpen = connection?.isOpen ?? false
    do {
      return try body(try opened(patience))
    } catch let error as PostgreSQLError {
      if case .statement = error { throw error }
      connection = nil
      // Of a server that was never there, whoever does not wait for it hears by the error.
      let isNews = patience == .untilCancelled || patience == .once && hasBeenOpen && !wasOpen
      if error == .lost, isNews, !hasToldOfLoss {
        hasToldOfLoss = true
        notice("the queue cannot be reached; trials go on meanwhile")
      }
      throw error
    }
  }

  private func opened(_ patience: Patience) throws -> PostgreSQLConnection {
    if let connection, connection.isOpen { return connection }
    guard patience != .none else { throw PostgreSQLError.lost }
    let new = try PostgreSQLConnection(
      address, silence: Self.silence, isCancelled: isCancelled)
    // A worker that hangs while it proposes a trial must not keep all others from it.
    try new.run("SET idle_in_transaction_session_timeout = '60s'")
    try QueueSchema.prepare(new)
    connection = new
    hasBeenOpen = true
    if hasToldOfLoss {
      hasToldOfLoss = false
      notice("the queue is there again")
    }
    return new
  }

  /// Waits for a random time, so that workers do not come back all at once.
  private func sleep(_ longest: Double) throws {
    let end = Date(timeIntervalSinceNow: .random(in: longest / 2...longest))
    while true {
      guard !isCancelled() else { throw PostgreSQLError.cancelled }
      let left = end.timeIntervalSinceNow
      guard left > 0 else { return }
      Thread.sleep(forTimeInterval: min(left, 0.05))
    }
  }
}

extension PostgreSQLConnection {
  /// Runs a statement of queries/postgresql/.
  @discardableResult
  func run(
    _ statement: QueueStatement, _ values: String?...
  ) throws(PostgreSQLError) -> [QueueRow] {
    try run(kept: statement.rawValue, statement.sql, values).map { QueueRow(values: $0) }
  }
}
