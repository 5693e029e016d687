import Foundation

/// Directories that results are written to.
enum OutputDirectory {
  /// Makes a directory, and those above it, unless it is there.
  ///
  /// - Parameters:
  ///   - path: The directory.
  ///   - mode: Who may use it, less what the process's mask takes away.
  /// - Throws: ``OutputError``.
  static func make(_ path: String, mode: mode_t = 0o777) throws(OutputError) {
    if mkdir(path, mode) == 0 { return }
    switch errno {
    case EEXIST:
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw OutputError(path: path, code: ENOTDIR)
      }
    case ENOENT, ENOTDIR:
      let above = URL(fileURLWithPath: path).deletingLastPathComponent().path
      guard above != path else { throw OutputError(path: path, code: ENOENT) }
      try make(above)
      guard mkdir(path, mode) == 0 || errno == EEXIST else { throw OutputError(path: path) }
    case let code: throw OutputError(path: path, code: code)
    }
  }

  /// Makes sure that this user may add files to a directory.
  ///
  /// - Throws: ``OutputError``.
  static func checkWritable(_ path: String) throws(OutputError) {
    guard access(path, W_OK | X_OK) == 0 else { throw OutputError(path: path) }
  }
}
