import Foundation

/// Where results of any size go, piece by piece.
///
/// A regular file is there as a whole or not at all: a draft beside it takes its place when it is
/// complete, with the old one's mode and, where that is allowed, its owner. A symbolic link stays
/// and its target is replaced. Devices and pipes are written to.
final class ResultFile {
  private enum Target {
    case stream
    case draft(String, of: String, old: stat?)
  }

  private let path: String?
  private let descriptor: Int32
  private let target: Target
  private let draftPlace: Int?
  private var buffer: [UInt8] = []
  private var isOpen = true

  private static let bufferSize = 1 << 16

  /// Begins a file.
  ///
  /// - Parameter path: Where it will be; nil for standard output.
  /// - Throws: ``OutputError``.
  init(path: String?) throws(OutputError) {
    self.path = path
    switch try path.map(OutputPlace.init(of:)) ?? .descriptor(STDOUT_FILENO) {
    case .descriptor(let number):
      descriptor = fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
      target = .stream
      draftPlace = nil
    case .stream(let place):
      descriptor = open(place, O_WRONLY | O_CLOEXEC | O_NOCTTY)
      target = .stream
      draftPlace = nil
    case .file(let place, let old):
      if old != nil, access(place, W_OK) != 0 { throw OutputError(path: path) }
      let (draft, number) = Self.draft(of: place, old)
      descriptor = number
      target = .draft(draft, of: place, old: old)
      draftPlace = number < 0 ? nil : Drafts.add(draft)
    }
    guard descriptor >= 0 else { throw OutputError(path: path) }
  }

  deinit {
    if isOpen { abandon() }
  }

  /// Says on standard error what was written, unless that is where everything goes.
  static func tell(_ path: String?, quiet: Bool) {
    if let path, path != "-", !quiet { StandardError.write("wrote \(path)") }
  }

  /// Writes a file as a whole.
  ///
  /// - Throws: ``OutputError``.
  static func write(_ bytes: [UInt8], to path: String?) throws(OutputError) {
    let file = try ResultFile(path: path)
    try file.write(bytes)
    try file.finish()
  }

  /// Adds to it.
  ///
  /// - Throws: ``OutputError``.
  func write(_ text: String) throws(OutputError) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Adds to it.
  ///
  /// - Throws: ``OutputError``.
  func write(_ bytes: [UInt8]) throws(OutputError) {
    try flush()
    try emit(bytes)
  }

  /// Completes it.
  ///
  /// - Throws: ``OutputError``.
  func finish() throws(OutputError) {
    try flush()
    if case .draft(let draft, let place, let old) = target {
      try replace(place, by: draft, old)
    }
    isOpen = false
    if close(descriptor) != 0, errno != EINTR { throw OutputError(path: path) }
    Drafts.forget(draftPlace)
  }

  /// Begins a draft beside a file or, where that is not allowed and the file itself may be
  /// written, in the directory for temporary files.
  ///
  /// - Returns: Its path and descriptor, which is negative if that failed.
  private static func draft(of place: String, _ old: stat?) -> (String, Int32) {
    let name = ".assay-\(UUID().uuidString.lowercased())"
    let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
    // The old mode is given at the end, so that nobody else reads the draft of a private file.
    let mode: mode_t = old == nil ? 0o666 : 0o600
    let beside = OutputPlace.folder(of: place) + name
    let descriptor = open(beside, flags, mode)
    guard descriptor < 0, old != nil, [EACCES, EPERM, EROFS].contains(errno) else {
      return (beside, descriptor)
    }
    let elsewhere = FileManager.default.temporaryDirectory.appending(path: name).path
    return (elsewhere, open(elsewhere, flags, mode))
  }

  private func replace(
    _ place: String, by draft: String, _ old: stat?
  ) throws(OutputError) {
    if let old {
      // Who may not give a file away keeps it.
      _ = fchown(descriptor, old.st_uid, old.st_gid)
      _ = fchmod(descriptor, old.st_mode & 0o7777)
    }
    guard fsync(descriptor) == 0 else { throw OutputError(path: path) }
    // Other names of the old file go on to show the same as this one.
    let hasOtherNames = old.map { $0.st_nlink > 1 } ?? false
    if !hasOtherNames, rename(draft, place) == 0 { return }
    guard old != nil else { throw OutputError(path: path) }
    try copy(to: place)
    unlink(draft)
  }

  /// Writes the draft into a file that cannot be replaced: one with several names, a mount point,
  /// or one in somebody else's directory.
  private func copy(to place: String) throws(OutputError) {
    let target = open(place, O_WRONLY | O_TRUNC | O_CLOEXEC)
    guard target >= 0 else { throw OutputError(path: path) }
    defer { close(target) }
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    var offset: off_t = 0
    while true {
      let count = pread(descriptor, &piece, piece.count, offset)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw OutputError(path: path) }
      if count == 0 { break }
      let code = Descriptor.write(piece[..<count], to: target)
      guard code == 0 else { throw OutputError(path: path, code: code) }
      offset += off_t(count)
    }
    guard fsync(target) == 0 else { throw OutputError(path: path) }
  }

  private func flush() throws(OutputError) {
    try emit(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private func emit(_ bytes: [UInt8]) throws(OutputError) {
    if path == nil, StandardOutput.isTerminal { StandardError.clear() }
    let code = Descriptor.write(bytes, to: descriptor)
    if code == EPIPE { endForLackOfReaders() }
    if code != 0 { throw OutputError(path: path, code: code) }
  }

  private func abandon() {
    close(descriptor)
    if case .draft(let draft, _, _) = target { unlink(draft) }
    Drafts.forget(draftPlace)
  }
}
