internal import Foundation

/// A database as it was at one moment, to be read beside others.
///
/// Where nobody works with the file, it is the file itself, which is watched. Else, or where its
/// schema is older, it is a copy that goes with this object. The file and its journals never change.
public final class DatabaseSnapshot: Sendable {
  /// The file, as it was named.
  public let name: String
  /// The version of the file's own schema.
  public let version: Int
  private let path: String
  private let identity: Connection.Identity
  /// The file, if it is read itself.
  private let frozen: FrozenFile?
  private let folder: URL

  /// A copy of the file's content.
  fileprivate static let copyName = "copy.db"
  /// A copy of the file beside one of its log.
  fileprivate static let loggedName = "logged.db"

  /// Takes a snapshot.
  ///
  /// - Parameters:
  ///   - name: The file.
  ///   - identity: The application that it must belong to.
  ///   - migrations: All steps of its schema: the snapshot has the newest one.
  ///   - isCancelled: Ends waiting and copying.
  /// - Throws: ``SQLiteError``: what opening the file for reading throws, what ``Migrator`` throws,
  ///   and `temporaryFull`.
  public init(
    of name: String, identity: Connection.Identity, migrations: [Migration],
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    self.name = name
    self.identity = identity
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "assay-snapshot-\(UUID().uuidString)")
    self.folder = folder
    let file = try DatabaseFile(name)
    do {
      let source = try Self.open(file, folder, identity, isCancelled)
      version = try source.userVersion
      if let watched = source.context.frozen, version == migrations.count, source.path == name {
        (path, frozen) = (file.path, watched)
        return
      }
      let copy = folder.appending(path: Self.copyName).path
      try Self.make(folder)
      try source.copyForOwnUse(to: copy)
      if version < migrations.count {
        let migrated = try Connection(path: copy, mode: .readWrite, identity: identity)
        try Migrator.migrate(migrated, migrations)
      }
      (path, frozen) = (copy, nil)
    } catch {
      try? FileManager.default.removeItem(at: folder)
      throw (error as? SQLiteError)?.ofCopy(in: folder, of: name) ?? error
    }
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  /// The file itself, or a copy of it with its log if the log's index, which reading makes, is gone.
  private static func open(
    _ file: DatabaseFile, _ folder: URL, _ identity: Connection.Identity,
    _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> Connection {
    guard file.exists, file.hasLog, !file.hasLogIndex else {
      return try Connection(
        path: file.name, mode: .untouched, identity: identity, isCancelled: isCancelled)
    }
    try make(folder)
    let copy = folder.appending(path: loggedName).path
    try FileManager.default.copyItem(atPath: file.path, toPath: copy)
    try FileManager.default.copyItem(atPath: file.log, toPath: copy + "-wal")
    return try Connection(path: copy, mode: .readOnly, identity: identity, isCancelled: isCancelled)
  }

  private static func make(_ folder: URL) throws {
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  /// Opens the snapshot by itself.
  ///
  /// - Throws: ``SQLiteError``.
  public func open() throws(SQLiteError) -> Connection {
    do throws(SQLiteError) {
      return try Connection(
        path: path, mode: frozen == nil ? .readOnly : .untouched, identity: identity)
    } catch {
      throw error.ofCopy(in: folder, of: name)
    }
  }

  /// Makes sure that what was read is of one state of the file.
  ///
  /// - Throws: ``SQLiteError`` of kind `changedWhileRead`.
  public func checkUnchanged() throws(SQLiteError) {
    guard let frozen, frozen.isOutdated else { return }
    throw SQLiteError(.changedWhileRead, "\(name) was changed while it was read")
  }

  /// How SQLite is told to read it.
  fileprivate var address: String {
    URL(fileURLWithPath: path).absoluteString + (frozen == nil ? "?mode=ro" : "?immutable=1")
  }
}

extension SQLiteError {
  /// The failure to copy, or to read the copy, as one of the file.
  ///
  /// Users have not named the copy. Where there is no room, it is the directory of copies that has
  /// none.
  fileprivate func ofCopy(in folder: URL, of name: String) -> SQLiteError {
    guard kind != .full else {
      return SQLiteError(
        .temporaryFull, "the directory for temporary files, \(TemporaryFiles.directory), is full")
    }
    var text = description
    for place in [folder.resolvingSymlinksInPath(), folder] {
      for copy in [DatabaseSnapshot.copyName, DatabaseSnapshot.loggedName] {
        text = text.replacing(place.appending(path: copy).path, with: name)
      }
    }
    return SQLiteError(kind, code: code, text)
  }
}

extension Connection {
  /// Lets a snapshot be read beside this database while a body runs.
  ///
  /// - Parameters:
  ///   - snapshot: The other database.
  ///   - name: What statements call it.
  ///   - body: Reads it.
  /// - Returns: What the body returns.
  /// - Throws: ``SQLiteError``, or what the body throws.
  /// - Precondition: No transaction is open on this connection.
  public func attaching<Result>(
    _ snapshot: DatabaseSnapshot, as name: String, _ body: () throws -> Result
  ) throws -> Result {
    try attach(snapshot, as: name)
    let result: Result
    do {
      result = try body()
    } catch {
      _ = try? execute("DETACH \(name)")
      throw error
    }
    try execute("DETACH \(name)")
    return result
  }

  /// Lets a snapshot be read beside this database until the connection is closed.
  ///
  /// - Throws: ``SQLiteError``.
  /// - Precondition: No transaction is open on this connection.
  public func attach(_ snapshot: DatabaseSnapshot, as name: String) throws(SQLiteError) {
    try execute("ATTACH ? AS \(name)", [.text(snapshot.address)])
  }
}
