import Foundation

/// Directories that results are written to.
enum OutputDirectory {
  /// Makes a directory, and those above it, unless it is there.
  ///
  /// - Throws: ``OutputError``.
  static func make(_ path: String) throws(OutputError) {
    if mkdir(path, 0o777) == 0 { return }
    switch errno {
    case EEXIST:
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw OutputError(path: path, code: ENOTDIR)
      }
    case ENOENT:
      let above = URL(fileURLWithPath: path).deletingLastPathComponent().path
      guard above != path else { throw OutputError(path: path, code: ENOENT) }
      try make(above)
      guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw OutputError(path: path) }
    case let code: throw OutputError(path: path, code: code)
    }
  }
}
