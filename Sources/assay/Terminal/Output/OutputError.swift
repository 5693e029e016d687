import Foundation

/// Why results cannot be written.
struct OutputError: Reportable, CustomStringConvertible {
  /// The file as the user named it; nil for standard output.
  let path: String?
  /// The `errno` of what failed.
  let code: Int32

  /// The error of a call that has just failed.
  init(path: String?, code: Int32 = errno) {
    self.path = path
    self.code = code
  }

  var description: String {
    guard let path, path != "-" else { return "standard output cannot be written: \(reason)" }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    return code == ENOENT && !FileManager.default.fileExists(atPath: folder)
      ? "\(path) cannot be written: there is no directory \(folder)"
      : "\(path) cannot be written: \(reason)"
  }

  var remedy: String? {
    code == EMFILE || code == ENFILE ? "raise the limit on open files (ulimit -n)" : nil
  }

  var status: ExitStatus { .inputOutput }

  private var reason: String { Self.reason(code) }

  /// What the system's number of an error means, for who wrote or read a file.
  static func reason(_ code: Int32) -> String {
    switch code {
    case ENOSPC: "no space is left on the disk"
    case EDQUOT: "the quota of the disk is used up"
    case EFBIG: "it would be larger than the limit on files (ulimit -f) allows"
    case EACCES, EPERM: "permission denied"
    case ENOENT: "there is no such file or directory"
    case ENOTDIR: "it is not a directory"
    case EROFS: "the file system is read-only"
    case EISDIR: "it is a directory"
    case EBADF: "it is closed"
    case EMFILE, ENFILE: "too many files are open"
    default: String(cString: strerror(code))
    }
  }
}
