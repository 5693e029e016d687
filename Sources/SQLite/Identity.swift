internal import CSQLite

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension Connection {
  /// The application that database files belong to.
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
}

extension Connection.Identity {
  /// Makes sure that a file and its journals are the application's, before SQLite looks at the
  /// journals.
  ///
  /// Taking a journal up changes the file, and another application's journal destroys it. So the
  /// first page is looked up where each of them has it.
  ///
  /// - Throws: ``SQLiteError`` of kind `emptyFile`, `notADatabase`, `foreignApplication`,
  ///   `newerVersion` or `cannotOpen`.
  func check(_ file: DatabaseFile, openedAs handle: OpaquePointer) throws(SQLiteError) {
    guard !file.isEmpty else {
      throw SQLiteError(
        .emptyFile, "\(file.name) is there and empty: it was cut short, or never written")
    }
    var header = csqlite_header()
    var state = CSQLITE_PAGE_ABSENT
    let code = csqlite_read_header(handle, &header, &state)
    guard code == SQLITE_OK else {
      throw SQLiteError(
        code: code, description: "\(file.name): \(SQLiteError.reason(code))")
    }
    var restored = csqlite_header()
    let journal = csqlite_first_page_in_journal(file.journal, &restored)
    try check(journal, restored, of: file.journal)
    var logged = csqlite_header()
    let log = csqlite_first_page_in_wal(file.log, &logged)
    try check(log, logged, of: file.log)
    if state == CSQLITE_PAGE_FOUND {
      // The version is what the journals will make of it.
      let isFinal = journal != CSQLITE_PAGE_FOUND && log != CSQLITE_PAGE_FOUND
      try check(header, of: file.name, isFinal: isFinal)
    } else if journal != CSQLITE_PAGE_FOUND {
      throw SQLiteError(.notADatabase, "\(file.name) is no SQLite database")
    }
  }

  private func check(
    _ state: csqlite_page_state, _ header: csqlite_header, of path: String
  ) throws(SQLiteError) {
    switch state {
    case CSQLITE_PAGE_UNREADABLE:
      let isShort = errno == EMFILE || errno == ENFILE
      throw SQLiteError(
        isShort ? .tooManyOpenFiles : .cannotOpen,
        "\(path) cannot be read: \(String(cString: strerror(errno)))")
    case CSQLITE_PAGE_FOUND: try check(header, of: path, isFinal: true)
    default: break
    }
  }

  private func check(
    _ header: csqlite_header, of path: String, isFinal: Bool
  ) throws(SQLiteError) {
    // A file of one page may be one that its first writer has only begun.
    let isBegun =
      header.application_id == 0 && header.user_version == 0 && header.page_count <= 1
    guard header.application_id == applicationID || isBegun else { throw foreign(path) }
    if isFinal { try check(version: Int(header.user_version), of: path) }
  }

  /// Makes sure that what SQLite sees, journals included, is the application's.
  ///
  /// - Throws: ``SQLiteError`` of kind `foreignApplication` or `newerVersion`.
  func check(_ connection: Connection) throws(SQLiteError) {
    func number(_ sql: String) throws(SQLiteError) -> Int {
      try connection.one(sql) { row throws(SQLiteError) in try row.int(0) } ?? 0
    }
    let found = try number("PRAGMA application_id")
    let version = try connection.userVersion
    if found == 0 && version == 0, try number("SELECT count(*) FROM sqlite_schema") == 0 { return }
    guard found == Int(applicationID) else { throw foreign(connection.path) }
    try check(version: version, of: connection.path)
  }

  private func check(version: Int, of path: String) throws(SQLiteError) {
    guard version <= newestVersion else {
      throw SQLiteError(
        .newerVersion,
        "\(path) has schema version \(version), this \(name) knows up to \(newestVersion)")
    }
  }

  private func foreign(_ path: String) -> SQLiteError {
    SQLiteError(.foreignApplication, "\(path) is another application's, not \(name)'s")
  }
}
