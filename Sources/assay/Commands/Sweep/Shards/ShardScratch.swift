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
  /// - Throws: ``OutputError``.
  init(for files: ShardFiles, in parent: URL) throws {
    self.files = files
    directory = parent.appending(path: "assay-\(files.name)-\(UUID().uuidString.lowercased())")
    try OutputDirectory.make(parent.path)
    try OutputDirectory.checkWritable(parent.path)
    try OutputDirectory.make(directory.path, mode: 0o700)
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

  /// Copies the checkpoints of commands that have not ended, beside where all hosts look for them.
  ///
  /// ``publish(_:of:)`` puts them there, with a database that knows what was reported before each.
  ///
  /// - Returns: The path of the copies.
  /// - Throws: ``OutputError``.
  func copyCheckpoints() throws -> String {
    let source = RunDirectory.parent(database: database)
    let new = Self.unpublished(files.runs)
    let runs = (try? FileManager.default.contentsOfDirectory(atPath: source)) ?? []
    for run in runs {
      let checkpoints = RunDirectory(path: source + "/" + run).checkpoints
      guard FileManager.default.fileExists(atPath: checkpoints) else { continue }
      let copy = RunDirectory(path: new + "/" + run)
      try OutputDirectory.make(new, mode: 0o700)
      try OutputDirectory.make(copy.path, mode: 0o700)
      // A command may replace a file meanwhile: what cannot be copied now is copied the next time.
      try? FileManager.default.copyItem(atPath: checkpoints, toPath: copy.checkpoints)
    }
    return new
  }

  /// Copies the database as it is to where all hosts see it, as the shard's unfinished copy, and puts
  /// checkpoints beside it.
  ///
  /// A host may lose its power at any moment. What is seen then is never a checkpoint that is ahead of
  /// its database: a command would go on behind epochs whose metrics are lost.
  ///
  /// - Parameters:
  ///   - checkpoints: Copies that were made before; they are moved.
  ///   - tracker: The shard's.
  /// - Throws: `SQLiteError`, `CocoaError`.
  func publish(_ checkpoints: String, of tracker: Tracker) throws {
    let new = Self.unpublished(files.unfinished)
    defer {
      unlink(new)
      try? FileManager.default.removeItem(atPath: checkpoints)
    }
    try tracker.backup(to: new)
    try Self.replace(files.unfinished, by: new)
    let old = Self.unpublished(files.runs)
    defer { try? FileManager.default.removeItem(atPath: old) }
    try? FileManager.default.moveItem(atPath: files.runs, toPath: old)
    guard FileManager.default.fileExists(atPath: checkpoints) else { return }
    try FileManager.default.moveItem(atPath: checkpoints, toPath: files.runs)
  }

  private static let unpublishedEnding = ".new-"

  /// A name beside a path, of something that is not there yet, or no longer.
  private static func unpublished(_ path: String) -> String {
    path + unpublishedEnding + UUID().uuidString.lowercased()
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
      let new = Self.unpublished(files.finished)
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
    removeUnpublished()
    return true
  }

  /// Removes what attempts left that were killed while they copied.
  private func removeUnpublished() {
    let names = [files.unfinished, files.runs].map {
      URL(fileURLWithPath: $0).lastPathComponent + Self.unpublishedEnding
    }
    let directory = URL(fileURLWithPath: files.runs).deletingLastPathComponent()
    let found = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    for name in found where names.contains(where: name.hasPrefix) {
      try? FileManager.default.removeItem(at: directory.appending(path: name))
    }
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
