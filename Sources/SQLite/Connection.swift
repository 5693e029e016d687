internal import CSQLite

/// A connection to one database file.
///
/// Use it from one thread at a time.
public final class Connection {
  /// The access to the file.
  public enum Mode: Sendable {
    /// For reading and writing; the file is created if it is not there.
    case create
    /// For reading and writing; the file must be there.
    case readWrite
    /// For reading only; the file must be there.
    case readOnly
    /// For reading only, as by a user who may not write: neither the file nor its journals change,
    /// and what a killed writer left is not completed in them.
    case untouched
  }

  /// The file's path.
  public let path: String
  let context: ConnectionContext
  /// Where an answer to isCancelled comes from, for work that does not wait for locks.
  let isCancelled: @Sendable () -> Bool
  var statements: [String: Statement] = [:]
  var isInTransaction = false

  var handle: OpaquePointer { context.handle }

  /// Opens a file.
  ///
  /// A file of another application is refused before anything is written.
  ///
  /// A reader leaves no new files behind. One who may write the file and its
  /// directory completes or rolls back what a killed writer has left; one who may not is refused
  /// then.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - mode: Whether to read only.
  ///   - identity: The application that the file must belong to.
  ///   - patience: The time to wait for another connection's lock.
  ///   - isCancelled: Ends waiting for a lock.
  ///   - notice: Receives a note, on any thread, if the file lies on a network file system, where
  ///     write-ahead logging does not work; and once each time that a lock is waited for long.
  /// - Throws: ``SQLiteError``: `missing`, `emptyFile`, `cannotOpen`, `tooManyOpenFiles`,
  ///   `readOnly`, `severalNames`, `journalName`, `notADatabase`, `corrupt`, `foreignApplication`,
  ///   `newerVersion`, `interruptedChange`, `busy` or `interrupted`.
  public init(
    path: String, mode: Mode, identity: Identity? = nil,
    patience: Patience = .limited(seconds: 30),
    isCancelled: @escaping @Sendable () -> Bool = { false },
    notice: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(SQLiteError) {
    var plan = try OpeningPlan(path, mode: mode, identity: identity)
    let handle = try plan.open()
    let wait = BusyWait(path: path, patience: patience, isCancelled: isCancelled, notice: notice)
    wait.install(on: handle)
    self.path = path
    self.isCancelled = isCancelled
    context = ConnectionContext(path: path, handle: handle, wait: wait)
    do {
      try plan.prepare(self, notice: notice)
    } catch {
      statements = [:]
      throw error
    }
  }

  deinit {
    statements = [:]
    sqlite3_close_v2(context.handle)
  }

  /// Whether the file has changed in a way that this connection can't see, so that it must be
  /// reopened.
  public var isOutdated: Bool { context.frozen?.isOutdated ?? false }

  /// The schema's version in the file's header.
  public var userVersion: Int {
    get throws(SQLiteError) {
      try one("PRAGMA user_version") { row throws(SQLiteError) in try row.int(0) } ?? 0
    }
  }

  /// The version of the SQLite library.
  public static var libraryVersion: String { String(cString: sqlite3_libversion()) }
}
