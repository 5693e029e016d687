internal import CSQLite
internal import Foundation

/// A connection to one database file.
///
/// Not safe to share: whoever owns it uses it from one thread at a time.
public final class Connection {
  /// How a file is opened.
  public enum Mode: Sendable {
    /// For reading and writing; the file is created if it is not there.
    case create
    /// For reading and writing; the file must be there.
    case readWrite
    /// For reading only; the file must be there.
    case readOnly
  }

  /// What an application says of its database files.
  public struct Identity: Sendable {
    /// The application's number in the file's header.
    public let applicationID: Int32
    /// The application's name, for messages.
    public let name: String
    /// The newest schema that this version of it knows.
    public let newestVersion: Int

    /// Describes an application.
    public init(applicationID: Int32, name: String, newestVersion: Int) {
      self.applicationID = applicationID
      self.name = name
      self.newestVersion = newestVersion
    }
  }

  /// The file's path.
  public let path: String
  let handle: OpaquePointer
  var statements: [String: Statement] = [:]
  var isInTransaction = false
  private let busyWait: BusyWait

  /// Sets the library up when it is first asked for.
  private static let libraryIsSetUp: Void = csqlite_set_up()

  /// Opens a file, and refuses one that is not the application's before anything is written.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - mode: Whether to read only.
  ///   - identity: Whose database it has to be; a new or empty file is anybody's.
  ///   - timeoutSeconds: How long to wait for another connection's lock.
  ///   - isCancelled: Ends waiting for a lock.
  ///   - notice: Is told once if the file lies on a network file system, where write-ahead logging
  ///     does not work.
  /// - Throws: ``SQLiteError``: `cannotOpen`, `readOnly`, `notADatabase`, `corrupt`,
  ///   `foreignApplication`, `newerVersion`, or `busy`.
  public init(
    path: String, mode: Mode, identity: Identity? = nil, timeoutSeconds: Double = 30,
    isCancelled: @escaping @Sendable () -> Bool = { false }, notice: (String) -> Void = { _ in }
  ) throws(SQLiteError) {
    try Self.checkPath(path, mode: mode)
    _ = Self.libraryIsSetUp
    var handle: OpaquePointer?
    let access =
      switch mode {
      case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .readWrite: SQLITE_OPEN_READWRITE
      case .readOnly: SQLITE_OPEN_READONLY
      }
    let code = sqlite3_open_v2(
      Self.address(path, mode: mode), &handle,
      access | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard code == SQLITE_OK, let handle else {
      let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(handle)
      throw SQLiteError(code: code, message: message, doing: "opening \(path)")
    }
    self.path = path
    self.handle = handle
    busyWait = BusyWait(timeoutSeconds: timeoutSeconds, isCancelled: isCancelled)
    busyWait.install(on: handle)
    do {
      try prepare(mode: mode, identity: identity, notice: notice)
    } catch {
      statements = [:]
      throw error
    }
  }

  deinit {
    statements = [:]
    sqlite3_close_v2(handle)
  }

  /// Says plainly what SQLite would call only "unable to open database file".
  private static func checkPath(_ path: String, mode: Mode) throws(SQLiteError) {
    let files = FileManager.default
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isDirectory: ObjCBool = false
    if files.fileExists(atPath: path, isDirectory: &isDirectory) {
      guard !isDirectory.boolValue else {
        throw SQLiteError(.cannotOpen, "\(path) is a directory, not a database file")
      }
      guard
        mode == .readOnly
          || (files.isWritableFile(atPath: path) && files.isWritableFile(atPath: parent))
      else {
        throw SQLiteError(
          .readOnly,
          "\(path) or its directory is read-only; give yourself permission to write both, or name "
            + "another with --db")
      }
      return
    }
    guard mode == .create else {
      throw SQLiteError(.missing, "there is no database \(path); name one with --db")
    }
    guard files.fileExists(atPath: parent, isDirectory: &isDirectory), isDirectory.boolValue else {
      throw SQLiteError(
        .cannotOpen, "\(path) cannot be created: there is no directory \(parent)")
    }
    guard files.isWritableFile(atPath: parent) else {
      throw SQLiteError(
        .readOnly, "\(path) cannot be created: the directory \(parent) is read-only")
    }
  }

  /// The file as SQLite is told of it.
  ///
  /// Readers of a write-ahead log write beside the database. Where they cannot, the file is read as it is, which is
  /// safe if nobody can write it and no log waits.
  private static func address(_ path: String, mode: Mode) -> String {
    let url = URL(fileURLWithPath: path)
    let files = FileManager.default
    let isFrozen =
      mode == .readOnly && !files.fileExists(atPath: path + "-wal")
      && !files.isWritableFile(atPath: url.deletingLastPathComponent().path)
    return url.absoluteString + (isFrozen ? "?immutable=1" : "")
  }

  private func prepare(
    mode: Mode, identity: Identity?, notice: (String) -> Void
  ) throws(SQLiteError) {
    let code = csqlite_harden(handle)
    guard code == SQLITE_OK else {
      throw SQLiteError(code: code, message: "hardening failed", doing: "opening \(path)")
    }
    if let identity { try check(identity) }
    try execute("PRAGMA foreign_keys = ON")
    guard mode != .readOnly else {
      try execute("PRAGMA query_only = ON")
      return
    }
    guard sqlite3_db_readonly(handle, "main") == 0 else {
      throw SQLiteError(
        .readOnly,
        "\(path) is read-only; give yourself permission to write it, or name another "
          + "with --db")
    }
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    if csqlite_is_on_network_file_system(directory) != 0 {
      notice(
        "\(path) is on a network file system, where write-ahead logging does not work: "
          + "using a rollback journal, which is slower")
      try execute("PRAGMA journal_mode = DELETE")
      try execute("PRAGMA synchronous = FULL")
    } else {
      try execute("PRAGMA journal_mode = WAL")
      try execute("PRAGMA synchronous = NORMAL")
    }
  }

  private func check(_ identity: Identity) throws(SQLiteError) {
    let found = try one("PRAGMA application_id") { row throws(SQLiteError) in try row.int(0) } ?? 0
    let version = try userVersion
    let objects =
      try one("SELECT count(*) FROM sqlite_schema") { row throws(SQLiteError) in try row.int(0) }
      ?? 0
    if found == 0 && version == 0 && objects == 0 { return }
    guard found == Int(identity.applicationID) else {
      throw SQLiteError(
        .foreignApplication,
        "\(path) is another application's database, not \(identity.name)'s; name another with --db")
    }
    guard version <= identity.newestVersion else {
      throw SQLiteError(
        .newerVersion,
        "\(path) has schema version \(version), this \(identity.name) knows up to "
          + "\(identity.newestVersion); use a newer \(identity.name)")
    }
  }

  /// The schema's version in the file's header.
  public var userVersion: Int {
    get throws(SQLiteError) {
      try one("PRAGMA user_version") { row throws(SQLiteError) in try row.int(0) } ?? 0
    }
  }
}
