import Foundation

/// What a path that results are written to leads to; symbolic links are followed.
enum OutputPlace {
  /// A descriptor of this process, such as /dev/stdout; it goes on where the process itself writes.
  case descriptor(Int32)
  /// A device or a pipe, which is written to and never replaced.
  case stream(String)
  /// A regular file, or the place of a new one.
  case file(String, old: stat?)

  /// As many links as Linux follows.
  private static let linkLimit = 40

  /// Finds out what a path leads to.
  ///
  /// - Throws: ``OutputError`` for a directory and for links that lead nowhere.
  init(of path: String) throws(OutputError) {
    if path == "-" {
      self = .descriptor(STDOUT_FILENO)
      return
    }
    var place = path
    for _ in 0...Self.linkLimit {
      if let descriptor = Self.descriptor(named: place) {
        self = .descriptor(descriptor)
        return
      }
      var status = stat()
      guard lstat(place, &status) == 0 else {
        guard errno == ENOENT, !place.isEmpty, !place.hasSuffix("/") else {
          throw OutputError(path: path)
        }
        self = .file(place, old: nil)
        return
      }
      switch status.st_mode & S_IFMT {
      case S_IFREG:
        self = .file(place, old: status)
        return
      case S_IFDIR: throw OutputError(path: path, code: EISDIR)
      case S_IFLNK:
        // What such a link of another process says is no path; opening it leads to the file.
        if Self.isOfProcess(place) {
          self = .stream(place)
          return
        }
        place = try Self.target(of: place, for: path)
      default:
        self = .stream(place)
        return
      }
    }
    throw OutputError(path: path, code: ELOOP)
  }

  /// The descriptor of this process that a path is another name of.
  private static func descriptor(named path: String) -> Int32? {
    switch path {
    case "/dev/stdin": return STDIN_FILENO
    case "/dev/stdout": return STDOUT_FILENO
    case "/dev/stderr": return STDERR_FILENO
    default: break
    }
    let folders = [
      "/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/", "/proc/\(getpid())/fd/",
    ]
    return folders.first { path.hasPrefix($0) }.flatMap { Int32(path.dropFirst($0.count)) }
  }

  private static func isOfProcess(_ link: String) -> Bool {
    URL(fileURLWithPath: link).deletingLastPathComponent().resolvingSymlinksInPath().path
      .hasPrefix("/proc/")
  }

  private static func target(of link: String, for path: String) throws(OutputError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(link, &buffer, buffer.count)
    guard count > 0 else { throw OutputError(path: path) }
    let target = String(
      decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return target.hasPrefix("/") ? target : folder(of: link) + target
  }

  /// The beginning of a path up to its last component.
  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }
}
