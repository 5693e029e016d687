import Foundation
import Tracker

/// Several files as one, for as long as this object lives: merged into a file of its own.
///
/// Views over the files side by side would count what several of them have more than once, and each
/// numbers its rows by itself.
final class UnitedFiles {
  /// The records of all files.
  let tracker: Tracker
  private let folder: URL

  /// Merges the files, none of which changes.
  ///
  /// - Throws: ``OutputError``, `MergeError`, `TrackerError` or `SQLiteError`.
  init(_ files: [String]) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "assay-united-\(UUID().uuidString)")
    self.folder = folder
    try OutputDirectory.make(folder.path, mode: 0o700)
    let isCancelled = Interruption.shared.isCancelled
    do {
      let path = folder.appending(path: "united.db").path
      _ = try Tracker.merge(
        files, into: path, environment: RunEnvironment(version: assayVersion),
        threads: ProcessInfo.processInfo.activeProcessorCount, isCancelled: isCancelled)
      tracker = try Tracker(reading: path, isCancelled: isCancelled)
    } catch {
      try? FileManager.default.removeItem(at: folder)
      throw error
    }
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }
}
