import Foundation
import Program
import SQLite
import Tracker

/// The database of commands that record other programs.
enum ProgramDatabase {
  /// Another program's lock is waited for so long, in seconds: the command that is to be run has
  /// something else to do.
  private static let patience = 10.0

  /// Opens the database, creates it if necessary, and records what dead processes have left.
  ///
  /// - Throws: `SQLiteError` or `TrackerError`.
  static func open(
    _ database: DatabaseOptions, notice: @escaping @Sendable (String) -> Void
  ) throws -> Tracker {
    let tracker = try Tracker(
      writing: database.resolvedPath, environment: RunEnvironment(version: assayVersion),
      patience: .limited(seconds: patience), notice: notice)
    try RunRecovery.recover(in: tracker)
    return tracker
  }
}
