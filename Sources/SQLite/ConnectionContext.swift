internal import CSQLite

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What a connection and its statements share.
final class ConnectionContext {
  let path: String
  let handle: OpaquePointer
  let wait: BusyWait
  /// The file as it was when it was opened, if it is read without locks.
  var frozen: FrozenFile?
  /// Whether the connection only reads: nothing but temporary files can then be too large.
  var isReader = false
  private var sortsInMemory = false

  init(path: String, handle: OpaquePointer, wait: BusyWait) {
    self.path = path
    self.handle = handle
    self.wait = wait
  }

  /// Makes sure that what was read is of one state of the file.
  ///
  /// - Throws: ``SQLiteError`` of kind `changedWhileRead`.
  func checkUnchanged() throws(SQLiteError) {
    if let change { throw change }
  }

  private var change: SQLiteError? {
    guard let frozen, frozen.hasChanged else { return nil }
    return SQLiteError(.changedWhileRead, "\(path) was changed while it was read")
  }

  /// Whether it is the files of what is sorted that there is no room for, and memory is left to
  /// try.
  var canSortInMemory: Bool { !sortsInMemory && isShortOfTemporaryFiles }

  /// Sorts in memory from now on, since there is no room for files.
  func sortInMemory() {
    sortsInMemory = true
    sqlite3_exec(handle, "PRAGMA temp_store = MEMORY", nil, nil, nil)
  }

  /// What a result code of this connection's last call means.
  ///
  /// - Parameters:
  ///   - code: The extended result code.
  ///   - doing: What was done, such as the beginning of a statement.
  ///   - isForeign: Whether the statement is somebody else's.
  /// - Returns: The error.
  func error(_ code: Int32, doing: String, isForeign: Bool = false) -> SQLiteError {
    let message = String(cString: sqlite3_errmsg(handle))
    let failedRead = csqlite_failed_read(handle)
    if let change { return change }
    let first = SQLiteError.kind(of: code)
    let number =
      failedRead != 0
      ? failedRead
      : first == .inputOutput ? csqlite_system_error(handle) : sqlite3_system_errno(handle)
    guard !isForeign || first != .misuse else {
      return SQLiteError(.wrongQuery, code: code, "\(doing): \(message)")
    }
    let kind = refined(first, number: number)
    return SQLiteError(kind, code: code, text(kind, message, number: number, doing: doing))
  }

  private func refined(_ kind: SQLiteError.Kind, number: Int32) -> SQLiteError.Kind {
    switch kind {
    case .busy where wait.wasCancelled: .interrupted
    case .full where isShortOfTemporaryFiles: .temporaryFull
    case .corrupt where csqlite_failed_read(handle) != 0: .inputOutput
    case .cannotOpen, .inputOutput:
      number == EMFILE || number == ENFILE ? .tooManyOpenFiles : number == ENOSPC ? .full : kind
    default: kind
    }
  }

  /// Whether a full disk is that of the temporary files, which SQLite does not tell.
  private var isShortOfTemporaryFiles: Bool {
    isReader || TemporaryFiles.areShorter(than: path)
  }

  private func text(
    _ kind: SQLiteError.Kind, _ message: String, number: Int32, doing: String
  ) -> String {
    switch kind {
    case .busy: "\(path) is locked by another program"
    case .interrupted where wait.wasCancelled:
      "interrupted while waiting for another program's lock on \(path)"
    case .full: "the disk of \(path) is full"
    case .temporaryFull: "the directory for temporary files, \(TemporaryFiles.directory), is full"
    case .tooManyOpenFiles: "\(path) cannot be used: too many files are open"
    case .interruptedChange:
      "an interrupted change of \(path) waits to be completed or taken back, which this user may not do"
    case .corrupt, .notADatabase, .readOnly: "\(path): \(message)"
    case .inputOutput, .cannotOpen:
      (kind == .inputOutput ? "\(path): reading or writing failed" : "\(path): \(message)")
        + (number == 0 ? "" : " (\(SQLiteError.words(of: number)))")
    default: "\(doing): \(message)"
    }
  }
}
