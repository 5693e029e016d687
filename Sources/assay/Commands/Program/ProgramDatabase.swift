import Foundation
import Program
import SQLite
import Synchronization
import Tracker

/// Opening the database, and recording what dead processes have left of the programs that they
/// recorded.
enum ProgramDatabase {
  /// Another program's lock is waited for so long, in seconds, by commands that record other
  /// programs: those have something else to do.
  private static let patience = 5.0
  /// And so long by commands that read.
  private static let shortPatience = 1.0

  private final class Opening: Sendable {
    let isUnderWay = Atomic(true)
  }

  /// Opens the database for recording other programs.
  ///
  /// - Parameters:
  ///   - database: Which it is.
  ///   - creating: Whether it is created if it is not there.
  ///   - notice: Receives notes for the user until the database is open.
  /// - Returns: The record of it, with what dead processes had left.
  /// - Throws: `SQLiteError` or `TrackerError`.
  static func open(
    _ database: DatabaseOptions, creating: Bool = true, notice: @escaping @Sendable (String) -> Void
  ) throws -> Tracker {
    let opening = Opening()
    let tracker = try Tracker(
      writing: database.resolvedPath, creating: creating,
      environment: RunEnvironment(version: assayVersion), patience: .limited(seconds: patience),
      notice: { text in
        // Later it would stand amid the output of another program.
        if opening.isUnderWay.load(ordering: .relaxed) { notice(text) }
      })
    try recover(in: tracker)
    opening.isUnderWay.store(false, ordering: .relaxed)
    return tracker
  }

  /// Records what dead processes have left, if anything.
  ///
  /// What fails, such as a full disk, is met by the command itself too, or stays for the next one.
  static func recover(in tracker: Tracker) throws {
    guard try RunRecovery.isNeeded(in: tracker) else { return }
    _ = try? RunRecovery.recover(in: tracker)
  }

  /// Opens the database for reading.
  ///
  /// Where dead processes have left something, and this user may write, it is recorded first.
  ///
  /// - Throws: `SQLiteError` or `TrackerError`.
  static func openForReading(_ path: String) throws -> Tracker {
    let tracker = try Tracker(reading: path)
    if (try? RunRecovery.isNeeded(in: tracker)) == true {
      let writer = try? Tracker(
        writing: path, creating: false, environment: RunEnvironment(version: assayVersion),
        patience: .limited(seconds: shortPatience))
      if let writer { _ = try? RunRecovery.recover(in: writer) }
    }
    return tracker
  }
}
