internal import Foundation
public import SQLite
internal import Synchronization

/// The record of experiments in one SQLite file.
///
/// Any number of processes can use one file at the same time. Threads can share a tracker; their
/// calls wait for each other. Every write is one transaction.
public final class Tracker: Sendable {
  private let lock = NSLock()
  /// Used only while the lock is held.
  private nonisolated(unsafe) var connection: Connection
  /// How often a reader's connection was replaced; used only while the lock is held.
  nonisolated(unsafe) private(set) var reopenings = 0
  /// Reopens the file for reading; nil in a tracker that writes.
  private let reopen: (@Sendable () throws -> Connection)?
  let environment: RunEnvironment
  private let provenance = Mutex<Provenance?>(nil)

  static let identity = Connection.Identity(
    applicationID: 1_095_979_865, name: "Assay", newestVersion: embeddedMigrations.count)

  /// Opens a file for recording.
  ///
  /// Creates it, or brings its schema up to date, if necessary.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - creating: Whether the file is created if it is not there.
  ///   - environment: The program's version, libraries and threads.
  ///   - patience: The time to wait for another process's lock.
  ///   - isCancelled: Ends waiting for another process's lock.
  ///   - notice: Receives, on any thread, notes for the user, such as where a copy was made or
  ///     that another process's lock is waited for.
  /// - Throws: `SQLiteError`.
  public init(
    writing path: String, creating: Bool = true, environment: RunEnvironment,
    patience: Patience = .limited(seconds: 30),
    isCancelled: @escaping @Sendable () -> Bool = { false },
    notice: @escaping @Sendable (String) -> Void = { _ in }
  ) throws {
    self.environment = environment
    reopen = nil
    let connection = try Connection(
      path: path, mode: creating ? .create : .readWrite, identity: Self.identity,
      patience: patience, isCancelled: isCancelled, notice: notice)
    try SchemaCheck.explaining(connection, failing: "it cannot be brought to the newest schema") {
      try Migrator.migrate(connection, embeddedMigrations, notice: notice)
      try connection.execute(
        "INSERT OR IGNORE INTO database_identity (id, uuid, created_ms) VALUES (1, ?, ?)",
        [.text(UUID().uuidString.lowercased()), .integer(Clock.milliseconds)])
    }
    self.connection = connection
  }

  /// Opens a file for reading.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - isCancelled: Ends waiting for another process's lock.
  /// - Throws: ``TrackerError/olderSchema(path:version:current:)`` if its schema is older than
  ///   this version's: writing commands bring it up to date; `SQLiteError`, of kind `missing` if
  ///   there is no file, or `newerVersion`.
  public init(
    reading path: String, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    environment = RunEnvironment(version: "")
    let open: @Sendable () throws -> Connection = {
      let connection = try Connection(
        path: path, mode: .readOnly, identity: Self.identity, isCancelled: isCancelled)
      let version = try connection.userVersion
      guard version == embeddedMigrations.count else {
        throw TrackerError.olderSchema(
          path: path, version: version, current: embeddedMigrations.count)
      }
      return connection
    }
    connection = try open()
    reopen = open
  }

  /// Opens the same file for reading on a second connection.
  ///
  /// Its temporary data stay in memory.
  ///
  /// - Throws: `SQLiteError`.
  public func reader() throws -> Tracker {
    let reader = try Tracker(reading: try read { $0.path })
    try reader.read { connection in
      try connection.execute("PRAGMA temp_store = MEMORY")
      try connection.execute("PRAGMA cache_size = -16384")
    }
    return reader
  }

  /// Reads by SQL.
  ///
  /// - Throws: What the body throws; ``TrackerError/damagedRecord(_:)`` if the file lacks a table
  ///   or a column that it has to have.
  public func read<Result>(_ body: (Connection) throws -> Result) throws -> Result {
    try lock.withLock {
      if connection.isOutdated, let reopen {
        connection = try reopen()
        reopenings += 1
      }
      return try SchemaCheck.explaining(connection) { try body(connection) }
    }
  }

  /// Runs a body in one transaction.
  @discardableResult
  func write<Result>(_ body: (Connection) throws -> Result) throws -> Result {
    try lock.withLock {
      try SchemaCheck.explaining(connection) { try connection.transaction { try body(connection) } }
    }
  }

  /// Hands a body the connection, for work that takes transactions of its own.
  func withConnection<Result>(_ body: (Connection) throws -> Result) throws -> Result {
    try lock.withLock { try SchemaCheck.explaining(connection) { try body(connection) } }
  }

  /// The provenance of this process, read off at the first run.
  private func currentProvenance() -> Provenance {
    provenance.withLock { known in
      if let known { return known }
      let read = Provenance(environment)
      known = read
      return read
    }
  }
}

extension Tracker {
  /// The result of ``begin(_:)``.
  public enum Begun: Sendable {
    /// The work is finished already.
    case finished(Run)
    /// This process is to start or resume the work.
    case active(ActiveRun)
  }

  /// Starts or resumes a run, or returns it if it has already finished.
  ///
  /// If another process holds the run and is dead, this process takes it over in one transaction.
  /// Within one namespace of one host, process number and start time tell whether it lives.
  /// Elsewhere it counts as dead two minutes after its last heartbeat.
  ///
  /// - Throws: ``TrackerError/runBusy(run:host:processID:)`` if the holder lives;
  ///   ``TrackerError/unfinishedParent(run:role:)``; ``TrackerError/unusableName(_:of:)``;
  ///   `SQLiteError`.
  public func begin(_ description: RunDescription) throws -> Begun {
    try RecordName.check(description.kind, of: "kind of runs", longest: 64)
    if let name = description.name, !name.isEmpty { try RecordName.check(name, of: "run") }
    for (path, _) in description.configuration.leaves where !path.isEmpty {
      try RecordName.check(path, of: "parameter")
    }
    for (role, parent) in description.parents where parent.state != .finished {
      throw TrackerError.unfinishedParent(run: parent.uuid, role: role)
    }
    let key = description.isReusable ? Self.key(of: description) : nil
    if let key, let run = try run(key: key), run.state == .finished {
      try restoreIfDeleted(run)
      return .finished(run)
    }
    let provenance = currentProvenance()
    let token = UUID().uuidString.lowercased()
    let (run, execution): (Run, Int) = try write { connection in
      if let key,
        let found = try connection.rows(
          "SELECT \(Run.columns) FROM run WHERE key = ?", [.text(key)], decode: Run.init
        ).first
      {
        try Self.restoreForReuse(found, in: connection)
        if found.state == .running { try Self.release(found, in: connection) }
        guard found.state != .finished else { return (found, 0) }
        try connection.execute(
          "UPDATE run SET state = 'running', token = ?, error = NULL WHERE id = ?",
          [.text(token), .integer(found.id)])
        return (
          found, try Self.recordExecution(of: found.id, token: token, provenance, in: connection)
        )
      }
      for parent in description.parents.values {
        try Self.restoreForReuse(parent, in: connection)
      }
      let id = try Self.insert(
        description, uuid: UUID().uuidString.lowercased(), key: key, token: token, in: connection)
      let execution = try Self.recordExecution(of: id, token: token, provenance, in: connection)
      return (try Self.run(id: id, in: connection), execution)
    }
    guard run.state != .finished else { return .finished(run) }
    return .active(ActiveRun(run: run, token: token, execution: execution, tracker: self))
  }

  /// The finished run of a description; nil if the work is not done yet.
  ///
  /// - Throws: `SQLiteError`.
  public func finishedRun(of description: RunDescription) throws -> Run? {
    guard description.isReusable, let run = try run(key: Self.key(of: description)),
      run.state == .finished
    else { return nil }
    try restoreIfDeleted(run)
    return run
  }

  /// Records that a command outside of sweeps asked for a run, which is the user's own from then on,
  /// though a trial may have computed it or may come to go on with it.
  ///
  /// It is written once, and only where this tracker may write.
  ///
  /// - Parameter uuid: The run's UUID.
  /// - Throws: `SQLiteError`.
  public func ask(forRun uuid: String) throws {
    guard reopen == nil else { return }
    let isRecorded = try read { connection in
      try !connection.rows(
        "SELECT 1 FROM asked_run WHERE run_id = (SELECT id FROM run WHERE uuid = ?)", [.text(uuid)]
      ) { _ in true }.isEmpty
    }
    guard !isRecorded else { return }
    try write { connection in
      try connection.execute(
        "INSERT OR IGNORE INTO asked_run (run_id) SELECT id FROM run WHERE uuid = ?", [.text(uuid)])
    }
  }

  /// Restores a finished run that was deleted and is reused, where this tracker may write.
  private func restoreIfDeleted(_ run: Run) throws {
    guard reopen == nil, try hiding(of: run) == .deleted else { return }
    try write { try Self.restoreForReuse(run, in: $0) }
  }

  static func key(of description: RunDescription) -> String {
    RunKey.key(
      kind: description.kind, configuration: description.configuration,
      parents: description.parents.mapValues { $0.key ?? $0.uuid })
  }

  /// Inserts a run that a token's holder works on, with its parents and parameters.
  ///
  /// - Returns: The run's row.
  static func insert(
    _ description: RunDescription, uuid: String, key: String?, token: String,
    in connection: Connection
  ) throws -> Int64 {
    try connection.execute(
      """
      INSERT INTO run (uuid, kind, name, state, key, configuration, seed, created_ms, token)
      VALUES (?, ?, ?, 'running', ?, ?, ?, ?, ?)
      """,
      [
        .text(uuid), .text(description.kind), description.name.map(SQLValue.text) ?? .null,
        key.map(SQLValue.text) ?? .null, .text(description.configuration.canonical),
        description.seed.map(SQLValue.integer) ?? .null, .integer(Clock.milliseconds), .text(token),
      ])
    let id = connection.lastInsertedRow
    for (role, parent) in description.parents.sorted(by: { $0.key < $1.key }) {
      try connection.execute(
        "INSERT INTO lineage (run_id, role, parent_run_id) VALUES (?, ?, ?)",
        [.integer(id), .text(role), .integer(parent.id)])
    }
    for (path, value) in (description.parameters ?? description.configuration).leaves
    where !path.isEmpty {
      try connection.execute(
        "INSERT INTO parameter (run_id, name, value) VALUES (?, ?, ?)",
        [.integer(id), .text(path), SQLValue(value)])
    }
    return id
  }

  /// Who works on a run, or did until it died.
  static func leases(of run: Run, in connection: Connection) throws -> [Lease] {
    try connection.rows(
      """
      SELECT
        host, boot_id, pid_namespace, process_id, process_started, heartbeat_ms, heartbeat_uptime_ms
      FROM execution
      WHERE run_id = ? AND outcome = 'running'
      """, [.integer(run.id)]
    ) { row in
      Lease(
        holder: ProcessIdentity(
          host: try row.text(0), bootID: try row.text(1), namespace: row.value(2).text,
          processID: try row.int64(3), started: try row.text(4)),
        heard: try row.int64(5), heardUptime: row.value(6).integer)
    }
  }

  /// Takes a running run away from its holder if that is dead.
  static func release(_ run: Run, in connection: Connection) throws {
    let leases = try leases(of: run, in: connection)
    if let lease = leases.first(where: \.isHeld) {
      throw TrackerError.runBusy(
        run: run.uuid, host: lease.holder.host, processID: lease.holder.processID)
    }
    try connection.execute(
      """
      UPDATE execution SET outcome = 'lost', ended_ms = heartbeat_ms
      WHERE run_id = ? AND outcome = 'running'
      """, [.integer(run.id)])
    try connection.execute(
      "UPDATE run SET state = 'interrupted', token = NULL WHERE id = ?", [.integer(run.id)])
  }

  /// Records that this process begins to work on a run.
  ///
  /// - Returns: The number of the execution.
  static func recordExecution(
    of run: Int64, token: String, _ provenance: Provenance, in connection: Connection
  ) throws -> Int {
    let now = SQLValue.integer(Clock.milliseconds)
    let process = provenance.process
    let words = JSONValue.array(provenance.commandLine.map { .string($0) })
    try connection.execute(
      """
      INSERT INTO execution (
        run_id, number, token, host, boot_id, process_id, process_started, started_ms, heartbeat_ms,
        git_commit, git_dirty, command_line, operating_system, processor, program_version,
        swift_version, sqlite_version, blas, threads, pid_namespace, heartbeat_uptime_ms, duration_ms
      ) VALUES (
        ?1, (SELECT coalesce(max(number), 0) + 1 FROM execution WHERE run_id = ?1),
        ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, 0)
      """,
      [
        .integer(run), .text(token), .text(process.host), .text(process.bootID),
        .integer(process.processID), .text(process.started), now, now,
        provenance.gitCommit.map(SQLValue.text) ?? .null,
        provenance.isGitDirty.map { .integer($0 ? 1 : 0) } ?? .null, .text(words.canonical),
        .text(provenance.operatingSystem), .text(provenance.processor),
        .text(provenance.environment.version), .text(provenance.swiftVersion),
        .text(provenance.sqliteVersion), .text(provenance.environment.blas),
        .integer(Int64(provenance.environment.threads)),
        process.namespace.map(SQLValue.text) ?? .null, .integer(Clock.uptimeMilliseconds),
      ])
    let number = try connection.rows(
      "SELECT max(number) FROM execution WHERE run_id = ?", [.integer(run)]
    ) { try $0.int(0) }
    return number.first ?? 1
  }

  static func run(id: Int64, in connection: Connection) throws -> Run {
    let found = try connection.rows(
      "SELECT \(Run.columns) FROM run WHERE id = ?", [.integer(id)], decode: Run.init)
    guard let run = found.first else { throw TrackerError.damagedRecord("run \(id) is gone") }
    return run
  }
}

extension SQLValue {
  /// A leaf of a configuration as a column has it: false and true as 0 and 1.
  init(_ leaf: JSONValue) {
    self =
      switch leaf {
      case .bool(let value): .integer(value ? 1 : 0)
      case .integer(let value): .integer(value)
      case .number(let value): .real(value)
      case .string(let text): .text(text)
      case .null, .array, .object: .null
      }
  }
}
