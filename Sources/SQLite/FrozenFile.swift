#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A database in write-ahead mode that is read without a log, since this user may not make one.
///
/// Readers of a log need its index, a file beside the database, which the database's owner could
/// then not write. So the file is read as it is, without a lock, and watched: a result counts only
/// if the file has not changed meanwhile.
struct FrozenFile {
  private let file: DatabaseFile
  private let status: FileStatus

  /// File systems count time in ticks; a change within the same one as the last would not show.
  private static let tickSeconds = 0.02

  /// Begins to watch a file; nil if it is gone.
  init?(_ file: DatabaseFile) {
    guard let first = FileStatus(file.path) else { return nil }
    if abs(first.secondsSinceChange) < Self.tickSeconds {
      usleep(useconds_t(Self.tickSeconds * 1e6))
    }
    guard let status = FileStatus(file.path) else { return nil }
    self.file = file
    self.status = status
  }

  /// Whether the file is not what it was.
  var hasChanged: Bool {
    guard let now = FileStatus(file.path) else { return true }
    return !now.isUnchanged(since: status)
  }

  /// Whether somebody works with the file, so that it is to be opened anew.
  var isOutdated: Bool { file.hasLog || hasChanged }
}
