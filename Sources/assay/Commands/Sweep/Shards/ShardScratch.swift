import Foundation
import Program
import SQLite
import Sweep
import Tracker

/// A shard while it is worked on: a database of its own on this host, and what all hosts see of it.
struct ShardScratch {
  /// The database.
  let database: String
  private let directory: URL
  private let files: ShardFiles

  /// Makes a directory for a shard.
  ///
  /// - Throws: `CocoaError`.
  init(for files: ShardFiles, in parent: URL) throws {
    self.files = files
    directory = parent.appending(path: "assay-\(files.name)-\(UUID().uuidString.lowercased())")
    try FileManager.default.createDirectory(
      at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    database = directory.appending(path: "shard.db").path
  }

  /// Begins with what others have left: the copy of an earlier attempt, and the stages that all shards
  /// share.
  ///
  /// - Parameters:
  ///   - others: The files to begin with; those that are not there are passed over.
  ///   - isCancelled: Ends the work.
  ///   - notice: Receives notes for the user.
  /// - Throws: `MergeError`, `TrackerError`, `SQLiteError`, `CocoaError`.
  func begin(
    with others: [String], isCancelled: @escaping @Sendable () -> Bool,
    notice: @escaping @Sendable (String) -> Void
  ) throws {
    let found = others.filter { FileManager.default.fileExists(atPath: $0) }
    guard !found.isEmpty else { return }
    _ = try Tracker.merge(
      found, into: database, environment: RunEnvironment(version: assayVersion), threads: 1,
      isCancelled: isCancelled, notice: notice)
    if FileManager.default.fileExists(atPath: files.runs) {
      try FileManager.default.copyItem(
        atPath: files.runs, toPath: RunDirectory.parent(database: database))
    }
  }

  /// Whether commands have directories, which are copied with the database.
  var hasRuns: Bool {
    FileManager.default.fileExists(atPath: RunDirectory.parent(database: database))
  }

  /// Copies the checkpoints of commands that have not ended to where all hosts see them.
  ///
  /// They go before the database, which knows what their commands reported before each.
  ///
  /// - Throws: `CocoaError`.
  func copyRuns() throws {
    let source = RunDirectory.parent(database: database)
    let new = files.runs + ".new-\(UUID().uuidString.lowercased())"
    defer { try? FileManager.default.removeItem(atPath: new) }
    let runs = (try? FileManager.default.contentsOfDirectory(atPath: source)) ?? []
    for run in runs {
      let checkpoints = RunDirectory(path: source + "/" + run).checkpoints
      guard FileManager.default.fileExists(atPath: checkpoints) else { continue }
      let copy = RunDirectory(path: new + "/" + run)
      try FileManager.default.createDirectory(
        atPath: copy.path, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      // A command may replace a file meanwhile: what cannot be copied now is copied the next time.
      try? FileManager.default.copyItem(atPath: checkpoints, toPath: copy.checkpoints)
    }
    let old = files.runs + ".old-\(UUID().uuidString.lowercased())"
    defer { try? FileManager.default.removeItem(atPath: old) }
    try? FileManager.default.moveItem(atPath: files.runs, toPath: old)
    guard FileManager.default.fileExists(atPath: new) else { return }
    try FileManager.default.moveItem(atPath: new, toPath: files.runs)
  }

  /// Copies the database as it is to where all hosts see it, as the shard's unfinished copy.
  ///
  /// - Throws: `SQLiteError`.
  func copyDatabase(of tracker: Tracker) throws {
    let new = files.unfinished + ".new-\(UUID().uuidString.lowercased())"
    defer { unlink(new) }
    try tracker.backup(to: new)
    try Self.replace(files.unfinished, by: new)
  }

  /// Moves the shard to its place, whole.
  ///
  /// - Parameters:
  ///   - tracker: The shard's.
  ///   - isReplacing: Whether an earlier one is there, with less.
  /// - Returns: False if another process has meanwhile finished the same shard, which then counts.
  /// - Throws: `SQLiteError`.
  func publish(_ tracker: Tracker, isReplacing: Bool) throws -> Bool {
    if isReplacing {
      let new = files.finished + ".new-\(UUID().uuidString.lowercased())"
      defer { unlink(new) }
      try tracker.backup(to: new)
      try Self.replace(files.finished, by: new)
    } else {
      do {
        try tracker.backup(to: files.finished)
      } catch let error as SQLiteError where error.kind == .exists {
        return false
      }
    }
    try? FileManager.default.removeItem(atPath: files.runs)
    unlink(files.unfinished)
    return true
  }

  /// Removes the directory on this host.
  func remove() { try? FileManager.default.removeItem(at: directory) }

  private static func replace(_ path: String, by new: String) throws(SQLiteError) {
    guard rename(new, path) == 0 else {
      throw SQLiteError(
        .inputOutput, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
  }
}
