#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The directory in which SQLite sorts and sets aside what does not fit into memory.
enum TemporaryFiles {
  /// The first of its candidates that is a directory which this user may write.
  static var directory: String {
    let named = ["SQLITE_TMPDIR", "TMPDIR"].compactMap { (name: String) in
      getenv(name).map { String(cString: $0) }
    }
    return (named + ["/var/tmp", "/usr/tmp", "/tmp"]).first { path in
      FileStatus(path)?.isDirectory == true && access(path, W_OK | X_OK) == 0
    } ?? "."
  }

  /// Whether there is less room for temporary files than for the database.
  static func areShorter(than database: String) -> Bool {
    room(in: directory) < room(in: DatabaseFile.directory(of: database))
  }

  /// How many bytes there are left for this user's files; all the world's if that cannot be told.
  static func room(in directory: String) -> UInt64 {
    var status = statvfs()
    guard statvfs(directory, &status) == 0 else { return .max }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize)
  }
}
