internal import CSQLite
internal import Foundation

/// How a file is opened: found out before SQLite sees it.
struct OpeningPlan {
  /// What SQLite may do with the file.
  private enum Access {
    case writing
    /// Reading, by somebody who may write: journals are completed and removed as by a writer.
    case readingAsWriter
    /// Reading with locks, beside what others have made.
    case reading
    /// Reading the file as it is, without locks and without files beside it.
    case readingFrozen
  }

  private let file: DatabaseFile
  private let identity: Connection.Identity?
  private var access: Access

  /// Sets the library up when it is first asked for.
  private static let libraryIsSetUp: Void = csqlite_set_up()

  init(_ path: String, mode: Connection.Mode, identity: Connection.Identity?) throws(SQLiteError) {
    _ = Self.libraryIsSetUp
    self.identity = identity
    var file = try DatabaseFile(path)
    if !file.exists {
      guard mode == .create else { throw SQLiteError(.missing, "there is no database \(path)") }
      try file.requireCreatable()
      if let identity {
        try Self.create(file, for: identity)
        file = try DatabaseFile(path)
      }
    }
    switch mode {
    case .readOnly: access = try Self.readingAccess(to: file)
    case .untouched: access = try Self.untouchingAccess(to: file)
    case .create, .readWrite:
      if file.exists { try file.requireWritable() }
      access = .writing
    }
    self.file = file
  }

  /// Makes a file that is the application's from its first byte, or finds that somebody else has.
  private static func create(
    _ file: DatabaseFile, for identity: Connection.Identity
  ) throws(SQLiteError) {
    let draft = try Draft(of: file.path)
    let handle = try open(draft.path, as: file.name, flags: SQLITE_OPEN_READWRITE)
    let code = sqlite3_exec(
      handle, "PRAGMA application_id = \(identity.applicationID)", nil, nil, nil)
    let message = String(cString: sqlite3_errmsg(handle))
    sqlite3_close_v2(handle)
    guard code == SQLITE_OK else {
      throw SQLiteError(code: code, description: "\(file.name) cannot be created: \(message)")
    }
    do {
      try draft.publish()
    } catch {
      guard error.kind == .exists else { throw error }
    }
  }

  /// How somebody may read a file without leaving anything behind that locks others out.
  private static func readingAccess(to file: DatabaseFile) throws(SQLiteError) -> Access {
    if file.isWritable, file.otherName == nil, file.hasRoomForLog { return .readingAsWriter }
    return try untouchingAccess(to: file)
  }

  /// How a file is read whose journals are left as they are.
  private static func untouchingAccess(to file: DatabaseFile) throws(SQLiteError) -> Access {
    // A rollback journal is SQLite's to judge: the writer of one may still live.
    if file.hasJournal { return .reading }
    if file.hasUsableLog { return .reading }
    guard !file.hasLog else {
      throw SQLiteError(
        .interruptedChange,
        "\(file.log) holds changes that somebody who may write \(file.name) has to complete first")
    }
    return .readingFrozen
  }

  /// Opens the file; SQLite has looked at no journal then.
  ///
  /// - Throws: ``SQLiteError`` of kind `cannotOpen`, `tooManyOpenFiles`, `outOfMemory` or `busy`.
  mutating func open() throws(SQLiteError) -> OpaquePointer {
    let flags =
      switch access {
      case .writing:
        file.exists ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .readingAsWriter: SQLITE_OPEN_READWRITE
      case .reading, .readingFrozen: SQLITE_OPEN_READONLY
      }
    let handle = try Self.open(file.path, as: file.name, flags: flags)
    guard access == .readingFrozen else { return handle }
    guard Self.usesLog(handle) else {
      // With a rollback journal, readers lock the file and make none of their own.
      access = .reading
      return handle
    }
    guard try isIdle() else {
      access = .reading
      return handle
    }
    sqlite3_close_v2(handle)
    return try Self.open(file.path, as: file.name, flags: flags, parameters: "?immutable=1")
  }

  private static func usesLog(_ handle: OpaquePointer) -> Bool {
    var header = csqlite_header()
    var state = CSQLITE_PAGE_ABSENT
    let code = csqlite_read_header(handle, &header, &state)
    return code == SQLITE_OK && state == CSQLITE_PAGE_FOUND && header.uses_wal != 0
  }

  /// Whether nobody works with the file; false if somebody has begun to, with a log to be seen.
  ///
  /// - Throws: ``SQLiteError`` of kind `busy` if somebody does whose log lies elsewhere.
  private func isIdle() throws(SQLiteError) -> Bool {
    for _ in 0..<50 {
      if csqlite_is_locked(file.path) == 0 { return true }
      if file.hasLogIndex, file.logExists { return false }
      Thread.sleep(forTimeInterval: 0.02)
    }
    throw SQLiteError(.busy, "\(file.name) is in use by another program under another name")
  }

  /// Makes a fresh connection ready: first of all it is found out whose file it is.
  ///
  /// - Throws: ``SQLiteError``.
  func prepare(
    _ connection: Connection, notice: (String) -> Void
  ) throws(SQLiteError) {
    func require(_ code: Int32) throws(SQLiteError) {
      guard code == SQLITE_OK else {
        throw connection.context.error(code, doing: "opening \(file.name)")
      }
    }
    try require(csqlite_harden(connection.handle))
    try identity?.check(file, openedAs: connection.handle)
    if access == .readingFrozen { connection.context.frozen = FrozenFile(file) }
    try identity?.check(connection)
    connection.context.isReader = access != .writing
    try connection.execute("PRAGMA foreign_keys = ON")
    switch access {
    case .writing:
      try require(csqlite_checkpoint_on_close(connection.handle))
      try chooseJournal(connection, notice: notice)
    case .readingAsWriter:
      try require(csqlite_checkpoint_on_close(connection.handle))
      try connection.execute("PRAGMA query_only = ON")
    case .reading, .readingFrozen: try connection.execute("PRAGMA query_only = ON")
    }
    if access == .writing || access == .readingAsWriter { file.shareJournals() }
  }

  private func chooseJournal(
    _ connection: Connection, notice: (String) -> Void
  ) throws(SQLiteError) {
    // A change of the mode reads first and then takes the write lock, for which SQLite never waits.
    func setJournal(_ mode: String) throws(SQLiteError) {
      try connection.context.wait.retry { () throws(SQLiteError) in
        try connection.execute("PRAGMA journal_mode = \(mode)")
      }
    }
    guard sqlite3_db_readonly(connection.handle, "main") == 0 else {
      throw SQLiteError(.readOnly, "\(file.name) cannot be written by this user")
    }
    if csqlite_is_on_network_file_system(file.directory) != 0 {
      notice(
        "\(file.name) is on a network file system, where write-ahead logging does not work: "
          + "using a rollback journal, which is slower")
      try setJournal("DELETE")
      try connection.execute("PRAGMA synchronous = FULL")
    } else {
      try setJournal("WAL")
      try connection.execute("PRAGMA synchronous = NORMAL")
    }
  }

  private static func open(
    _ path: String, as name: String, flags: Int32, parameters: String = ""
  ) throws(SQLiteError) -> OpaquePointer {
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(
      URL(fileURLWithPath: path).absoluteString + parameters, &handle,
      flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard code == SQLITE_OK, let handle else {
      let number = handle.map { sqlite3_system_errno($0) } ?? 0
      sqlite3_close_v2(handle)
      let isShort = number == EMFILE || number == ENFILE
      let reason = SQLiteError.reason(code, systemError: number)
      throw SQLiteError(
        isShort ? .tooManyOpenFiles : SQLiteError.kind(of: code), code: code,
        "\(name) cannot be opened: \(reason)")
    }
    return handle
  }
}
