internal import CSQLite

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

  /// The file's path.
  public let path: String
  let context: ConnectionContext
  /// Where an answer to isCancelled comes from, for work that does not wait for locks.
  let isCancelled: @Sendable () -> Bool
  var statements: [String: Statement] = [:]
  var isInTransaction = false

  var handle: OpaquePointer { context.handle }

  /// Opens a file, and refuses one that is not the application's before anything is written.
  ///
  /// A reader leaves nothing behind that was not there before. One who may write the file and its
  /// directory completes or rolls back what a killed writer has left; one who may not is refused
  /// then.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - mode: Whether to read only.
  ///   - identity: Whose database it has to be.
  ///   - patience: How long to wait for another connection's lock.
  ///   - isCancelled: Ends waiting for a lock.
  ///   - notice: Receives a note, on any thread, if the file lies on a network file system, where
  ///     write-ahead logging does not work; and once each time that a lock is waited for long.
  /// - Throws: ``SQLiteError``: `missing`, `emptyFile`, `cannotOpen`, `tooManyOpenFiles`,
  ///   `readOnly`, `severalNames`, `notADatabase`, `corrupt`, `foreignApplication`, `newerVersion`,
  ///   `interruptedChange`, `busy` or `interrupted`.
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

  /// Whether what this connection reads is no longer what the file holds, so that the file has to be
  /// opened anew.
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
