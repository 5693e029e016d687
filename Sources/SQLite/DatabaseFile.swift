internal import CSQLite

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A database file and what SQLite keeps beside it, as the file system shows them before anything
/// is opened.
struct DatabaseFile {
  /// The path as it was given, for messages.
  let name: String
  /// The path without symbolic links: journals lie beside the file that a link leads to.
  let path: String
  private let status: FileStatus?

  /// Looks a path up; a file that is not there is none of this.
  ///
  /// - Throws: ``SQLiteError`` of kind `cannotOpen` if the path leads nowhere or to what is no
  ///   regular file, which is never opened: a pipe would wait for its other end; of kind
  ///   `journalName` if the file is there as another database's journal.
  init(_ name: String) throws(SQLiteError) {
    self.name = name
    guard let status = FileStatus(name) else {
      let number = errno
      guard number == ENOENT else {
        throw SQLiteError(.cannotOpen, "\(name) cannot be opened: \(Self.text(of: number))")
      }
      path = Self.destination(of: name)
      self.status = nil
      return
    }
    guard status.isRegular else {
      throw SQLiteError(.cannotOpen, "\(name) is \(status.kind), not a database file")
    }
    path = Self.resolved(name) ?? name
    self.status = status
    if let database = journalName?.database, FileStatus(database)?.isRegular == true {
      try requireOwnName()
    }
  }

  /// Whether the file is there.
  var exists: Bool { status != nil }
  /// Whether the file is there and holds nothing.
  var isEmpty: Bool { status?.size == 0 }
  /// The directory that the file and its journals are in.
  var directory: String { Self.directory(of: path) }

  /// The write-ahead log.
  var log: String { path + "-wal" }
  /// The index of the write-ahead log, which its readers and writers share.
  var logIndex: String { path + "-shm" }
  /// The rollback journal.
  var journal: String { path + "-journal" }

  /// Whether the write-ahead log is there, if only as an empty file.
  var logExists: Bool { FileStatus(log) != nil }
  /// Whether the write-ahead log holds anything.
  var hasLog: Bool { (FileStatus(log)?.size ?? 0) > 0 }
  /// Whether the rollback journal holds anything.
  var hasJournal: Bool { (FileStatus(journal)?.size ?? 0) > 0 }
  /// Whether the index of the write-ahead log is there.
  var hasLogIndex: Bool { FileStatus(logIndex) != nil }

  /// Whether this user may write the file and make journals beside it.
  var isWritable: Bool { access(path, W_OK) == 0 && access(directory, W_OK) == 0 }

  /// Whether the index of the write-ahead log is there in a size that readers need.
  ///
  /// A disk that is full leaves one of three bytes.
  private var hasWholeIndex: Bool { (FileStatus(logIndex)?.size ?? 0) >= Self.indexSize }
  /// The least size of an index, in bytes.
  private static let indexSize: Int64 = 32_768

  /// Whether there is a log, be it empty, and an index by which it is read.
  var hasUsableLog: Bool { logExists && (hasLog ? hasLogIndex : hasWholeIndex) }

  /// Whether there is a log that must be read, a whole index, or room for both as a reader makes them.
  var hasRoomForLog: Bool {
    hasLog || hasWholeIndex || TemporaryFiles.room(in: directory) >= 2 * UInt64(Self.indexSize)
  }

  /// Why the file has, or may have, other journals under another name; nil if it has none.
  var otherName: String? {
    if let links = status?.linkCount, links > 1 {
      return "\(name) has \(links) names (hard links), each of which would have its own journal"
    }
    guard csqlite_is_mount_point(path) != 0 else { return nil }
    return "\(name) is mounted by itself, without the directory in which its journals are"
  }

  /// How the names of the files end that SQLite keeps beside a database.
  private static let journalEndings = ["-wal", "-shm", "-journal"]

  /// The file's name and the database whose journal has that name; nil if none can have it.
  private var journalName: (name: String, database: String)? {
    for name in [name, path] {
      guard let ending = Self.journalEndings.first(where: { name.hasSuffix($0) }) else { continue }
      let database = String(name.dropLast(ending.count))
      if !database.isEmpty, !database.hasSuffix("/") { return (name, database) }
    }
    return nil
  }

  /// Makes sure that SQLite takes the file for no other database's journal, which it would
  /// overwrite and delete.
  ///
  /// - Throws: ``SQLiteError`` of kind `journalName`.
  func requireOwnName() throws(SQLiteError) {
    guard let (name, database) = journalName else { return }
    throw SQLiteError(.journalName, "\(name) is the name of SQLite's journal of \(database)")
  }

  /// Makes sure that the file can be written without harm.
  ///
  /// - Throws: ``SQLiteError`` of kind `readOnly` or `severalNames`.
  func requireWritable() throws(SQLiteError) {
    guard isWritable else {
      throw SQLiteError(.readOnly, "\(name), or its directory, cannot be written by this user")
    }
    if let otherName { throw SQLiteError(.severalNames, otherName) }
  }

  /// Makes sure that the file can be created, and that nothing is left of one that was there.
  ///
  /// SQLite would delete the journals of a file that is not there, and with them what only they
  /// hold.
  ///
  /// - Throws: ``SQLiteError`` of kind `journalName`, `cannotOpen`, `readOnly` or
  ///   `interruptedChange`.
  func requireCreatable() throws(SQLiteError) {
    try requireOwnName()
    guard FileStatus(directory)?.isDirectory == true else {
      throw SQLiteError(
        .cannotOpen, "\(name) cannot be created: there is no directory \(directory)")
    }
    guard access(directory, W_OK) == 0 else {
      throw SQLiteError(
        .readOnly, "\(name) cannot be created: this user may not write the directory \(directory)")
    }
    for (isThere, rest) in [(hasLog, log), (hasJournal, journal)] where isThere {
      throw SQLiteError(
        .interruptedChange,
        "there is no \(name), but \(rest) holds changes of a database that was moved or deleted")
    }
  }

  /// Gives the log and its index, where this user owns them, the group of the database, as they
  /// have its permissions: those who may write it then may go on with them.
  func shareJournals() {
    guard let group = status?.group ?? FileStatus(path)?.group else { return }
    for path in [log, logIndex] {
      guard let own = FileStatus(path), own.owner == geteuid(), own.group != group else { continue }
      _ = chown(path, uid_t.max, group)
    }
  }

  private static func text(of number: Int32) -> String { String(cString: strerror(number)) }

  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Where a file would come into being that is not there, symbolic links followed.
  private static func destination(of path: String) -> String {
    var path = path
    for _ in 0..<40 {
      var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(path, &bytes, bytes.count)
      guard count > 0, count < bytes.count else { break }
      let target = String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
      path = target.hasPrefix("/") ? target : directory(of: path) + "/" + target
    }
    let parent = directory(of: path)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let resolved = resolved(parent) else { return path }
    return resolved == "/" ? "/" + name : resolved + "/" + name
  }
}

/// What the file system says of a file.
struct FileStatus: Equatable {
  let size: Int64
  let linkCount: Int
  let owner: uid_t
  let group: gid_t
  private let device: UInt64
  private let inode: UInt64
  private let mode: mode_t
  private let seconds: Int
  private let nanoseconds: Int

  /// Asks for a path, following symbolic links; nil, with the reason in errno, if there is no file.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    size = Int64(status.st_size)
    linkCount = Int(status.st_nlink)
    (owner, group) = (status.st_uid, status.st_gid)
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    mode = status.st_mode
    #if canImport(Glibc)
      (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    #else
      (seconds, nanoseconds) = (status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec)
    #endif
  }

  var isRegular: Bool { mode & S_IFMT == S_IFREG }
  var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
  /// The permissions.
  var permissions: mode_t { mode & 0o777 }

  /// How long ago the file's content changed.
  var secondsSinceChange: Double {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec - seconds) + Double(now.tv_nsec - nanoseconds) / 1e9
  }

  /// Whether the file is the same one with the same content as before.
  func isUnchanged(since earlier: FileStatus) -> Bool {
    (size, device, inode, seconds, nanoseconds)
      == (earlier.size, earlier.device, earlier.inode, earlier.seconds, earlier.nanoseconds)
  }

  /// What it is, for messages.
  var kind: String {
    switch mode & S_IFMT {
    case S_IFDIR: "a directory"
    case S_IFIFO: "a named pipe"
    case S_IFSOCK: "a socket"
    case S_IFCHR, S_IFBLK: "a device"
    default: "no regular file"
    }
  }
}
