internal import CSQLite
internal import Foundation

/// Where the file of a connection is.
///
/// A file that is moved or deleted while it is used stays in use: SQLite writes to a log that belongs
/// to no file any more, and all that is recorded from then on would be lost without a word.
struct FilePlace {
  let handle: OpaquePointer

  /// Whether the file is apart from its log: moved away alone, deleted, or another one is in its
  /// place.
  ///
  /// Moved with its directory it keeps its log.
  var isApart: Bool {
    var hasMoved: Int32 = 0
    guard sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved) == SQLITE_OK,
      hasMoved != 0, let name = sqlite3_db_filename(handle, "main")
    else { return false }
    let path = String(cString: name)
    return FileManager.default.fileExists(atPath: path + "-wal") || isDeleted(path)
  }

  /// Whether a file that this process has open is deleted, as the names of open files in /proc say.
  private func isDeleted(_ path: String) -> Bool {
    let folder = "/proc/self/fd"
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return numbers.contains { number in
      let name = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(number)")
      return name == path + " (deleted)"
    }
  }
}
