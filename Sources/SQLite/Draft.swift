internal import CSQLite

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A file that is made under another name, so that under its own it is there as a whole or not at
/// all.
///
/// A draft is locked while somebody makes it. One that is not was left by a process that was
/// killed.
final class Draft {
  /// Where the file is made: beside its place, so that it can be moved there at once.
  let path: String
  private let target: String
  private let descriptor: Int32

  /// What SQLite may leave beside a database that was being made.
  private static let companions = ["", "-journal", "-wal", "-shm"]

  /// Begins an empty draft, and removes what killed processes left of earlier ones.
  ///
  /// - Parameters:
  ///   - target: Where the file will be.
  ///   - permissions: Its permissions; nil for those that SQLite gives new files.
  /// - Throws: ``SQLiteError`` of kind `cannotOpen`, `readOnly`, `full` or `tooManyOpenFiles`.
  init(of target: String, permissions: mode_t? = nil) throws(SQLiteError) {
    Self.removeLeftovers(of: target)
    self.target = target
    path = Self.prefix(target) + String(UInt64.random(in: .min ... .max), radix: 36)
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, permissions ?? 0o644)
    guard descriptor >= 0 else { throw Self.failure("\(target) cannot be created") }
    flock(descriptor, LOCK_EX | LOCK_NB)
    if let permissions { fchmod(descriptor, permissions) }
  }

  deinit {
    Self.remove(path)
    close(descriptor)
  }

  /// Moves the draft to its place, where it survives a loss of power.
  ///
  /// - Throws: ``SQLiteError`` of kind `exists` if there is a file meanwhile, or as in `init`.
  func publish() throws(SQLiteError) {
    guard fsync(descriptor) == 0 else { throw Self.failure("\(target) cannot be written") }
    guard csqlite_rename_new(path, target) == 0 else {
      guard errno != EEXIST else { throw SQLiteError(.exists, "\(target) exists already") }
      throw Self.failure("\(target) cannot be created")
    }
    let directory = open(DatabaseFile.directory(of: target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }

  private static func prefix(_ target: String) -> String { target + ".draft-" }

  private static func remove(_ path: String) {
    for companion in companions { unlink(path + companion) }
  }

  private static func removeLeftovers(of target: String) {
    let directory = DatabaseFile.directory(of: target)
    guard let entries = opendir(directory) else { return }
    defer { closedir(entries) }
    let beginning = prefix(String(target.split(separator: "/").last ?? ""))
    while let entry = readdir(entries) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(beginning), !name.dropFirst(beginning.count).contains("-") else {
        continue
      }
      let path = directory + "/" + name
      let descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { remove(path) }
      close(descriptor)
    }
  }

  private static func failure(_ deed: String) -> SQLiteError {
    let number = errno
    let kind: SQLiteError.Kind =
      switch number {
      case EACCES, EPERM, EROFS: .readOnly
      case ENOSPC, EDQUOT: .full
      case EMFILE, ENFILE: .tooManyOpenFiles
      case EIO, EFBIG: .inputOutput
      default: .cannotOpen
      }
    return SQLiteError(kind, "\(deed): \(SQLiteError.words(of: number))")
  }
}
