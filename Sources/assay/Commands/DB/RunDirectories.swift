import Foundation
import Program
import SQLite
import Tracker

/// The directories of runs of commands beside a database.
struct RunDirectories {
  /// A directory that can be removed.
  struct Leftover {
    let run: String
    let path: String
    let bytes: Int64
  }

  /// How long a directory is left alone after it was changed: a run that begins makes it first.
  private static let quietSeconds = 3600.0

  private let parent: String

  init(of database: String) {
    parent = RunDirectory.parent(database: database)
  }

  /// The bytes of all of them.
  var bytes: Int64 {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    return names.reduce(0) { $0 + Self.size(of: parent + "/" + $1) }
  }

  /// The directories that no run needs: of runs that are not in the database, or that have finished
  /// and of which all is recorded.
  func leftovers(in tracker: Tracker) throws -> [Leftover] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    guard !names.isEmpty else { return [] }
    let needed = Set(
      try tracker.read { connection in
        try connection.rows(
          """
          SELECT uuid FROM run
          WHERE kind = 'program' AND (state <> 'finished' OR EXISTS (
            SELECT 1 FROM program_execution WHERE run_id = run.id AND is_recorded = 0))
          """
        ) { try $0.text(0) }
      })
    return names.sorted().compactMap { name in
      let path = parent + "/" + name
      guard !needed.contains(name), UUID(uuidString: name) != nil,
        let changed = Self.modified(path), changed.timeIntervalSinceNow < -Self.quietSeconds
      else { return nil }
      return Leftover(run: name, path: path, bytes: Self.size(of: path))
    }
  }

  /// Removes the directories of runs, as far as they are there.
  func remove(_ runs: [String]) {
    for run in runs { try? FileManager.default.removeItem(atPath: parent + "/" + run) }
    rmdir(parent)
  }

  private static func modified(_ path: String) -> Date? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.modificationDate] as? Date
  }

  private static func size(of path: String) -> Int64 {
    let files = FileManager.default.enumerator(
      at: URL(fileURLWithPath: path), includingPropertiesForKeys: [.fileSizeKey])
    var total: Int64 = 0
    while let file = files?.nextObject() as? URL {
      let values = try? file.resourceValues(forKeys: [.fileSizeKey])
      total += Int64(values?.fileSize ?? 0)
    }
    return total
  }
}
