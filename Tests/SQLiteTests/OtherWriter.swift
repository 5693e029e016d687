import Foundation
import Synchronization
import TestSupport

/// The sqlite3 shell in the middle of a transaction, which it ends when it is told to.
final class OtherWriter: Sendable {
  /// The shell.
  nonisolated(unsafe) let program: RunningProgram
  private let pipe: String
  private let released = Mutex(false)

  /// Starts it on a file with a table `t`; it has the lock soon.
  init(of path: String, inserting value: Int) throws {
    pipe = path + "-release"
    guard mkfifo(pipe, 0o600) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    program = try start(
      "sqlite3", [path],
      input: """
        .timeout 20000
        BEGIN IMMEDIATE;
        INSERT INTO t VALUES (\(value));
        .shell cat '\(pipe)'
        COMMIT;

        """)
  }

  /// Whether it was told to end its transaction.
  var isReleased: Bool { released.withLock { $0 } }

  /// Has it end its transaction; once is enough.
  func release() {
    released.withLock { isReleased in
      if !isReleased { try? FileHandle(forWritingTo: URL(fileURLWithPath: pipe)).close() }
      isReleased = true
    }
  }
}
