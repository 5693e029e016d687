internal import Foundation

/// The file through which a program is told something.
struct ControlFile {
  private let path: String

  init(_ path: String) {
    self.path = path
  }

  /// Tells the program to stop.
  func say(_ reason: StopReason) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    let line = Array("{\"stop\":\"\(reason.rawValue)\"}\n".utf8)
    _ = write(descriptor, line, line.count)
    close(descriptor)
  }
}
