internal import Foundation

/// What tells files apart that have, or had, the same path.
enum FileIdentity {
  /// The number of the file at a path on its device; nil if there is none.
  static func inode(of path: String) -> UInt64? {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
  }

  /// The size of a file in bytes; nil if there is none, or it is empty.
  static func size(of path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 && status.st_size > 0 ? Int64(status.st_size) : nil
  }
}
