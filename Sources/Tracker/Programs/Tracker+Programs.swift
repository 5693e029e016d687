internal import Foundation
internal import SQLite

extension Tracker {
  /// Begins a run of a command.
  ///
  /// - Parameters:
  ///   - program: The command.
  ///   - uuid: The run's UUID, which names its directory.
  ///   - directory: Where its events and files are until they are recorded.
  /// - Returns: The run.
  /// - Throws: ``TrackerError/unusableName(_:of:)`` or `SQLiteError`.
  public func begin(
    _ program: ProgramDescription, uuid: String, directory: String
  ) throws -> ActiveRun {
    if let name = program.name { try RecordName.check(name, of: "run") }
    for (path, _) in program.parameters.leaves where !path.isEmpty {
      try RecordName.check(path, of: "parameter")
    }
    var description = RunDescription(
      kind: ProgramDescription.kind, name: program.name, configuration: program.configuration,
      isReusable: false)
    description.parameters = program.parameters
    let token = UUID().uuidString.lowercased()
    let provenance = provenance(of: program)
    let (run, execution) = try write { connection in
      let id = try Self.insert(description, uuid: uuid, key: nil, token: token, in: connection)
      let execution = try Self.recordExecution(
        of: id, token: token, provenance, program, directory: directory, in: connection)
      return (try Self.run(id: id, in: connection), execution)
    }
    return ActiveRun(run: run, token: token, execution: execution, tracker: self)
  }

  /// Goes on with an interrupted or failed run of a command, or with one whose supervisor is dead.
  ///
  /// A deleted one is restored, since its results are wanted again.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - program: The command of this time.
  ///   - directory: Where its events and files are until they are recorded.
  /// - Returns: The run.
  /// - Throws: ``TrackerError/runBusy(run:host:processID:)`` if its supervisor lives;
  ///   ``TrackerError/leaseLost(run:)`` if it is finished; `SQLiteError`.
  public func resume(
    _ run: Run, as program: ProgramDescription, directory: String
  ) throws -> ActiveRun {
    let token = UUID().uuidString.lowercased()
    let provenance = provenance(of: program)
    let (run, execution) = try write { connection in
      let found = try Self.run(id: run.id, in: connection)
      guard found.state != .finished else { throw TrackerError.leaseLost(run: run.uuid) }
      try Self.restoreForReuse(found, in: connection)
      if found.state == .running { try Self.release(found, in: connection) }
      try connection.execute(
        "UPDATE run SET state = 'running', token = ?, error = NULL WHERE id = ?",
        [.text(token), .integer(found.id)])
      let execution = try Self.recordExecution(
        of: found.id, token: token, provenance, program, directory: directory, in: connection)
      return (found, execution)
    }
    return ActiveRun(run: run, token: token, execution: execution, tracker: self)
  }

  /// The newest run that a command can go on with: of the same name, command and start parameters,
  /// interrupted or failed, and not hidden; nil if there is none, or the command has no name.
  ///
  /// - Throws: `SQLiteError`.
  public func resumableRun(of program: ProgramDescription) throws -> Run? {
    guard let name = program.name else { return nil }
    return try read { connection in
      try connection.rows(
        """
        SELECT \(Run.columns) FROM run
        WHERE kind = ?1 AND state IN ('interrupted', 'failed') AND configuration = ?2
          AND coalesce((SELECT name FROM run_label WHERE run_id = run.id), name) = ?3
          AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = run.id)
        ORDER BY id DESC LIMIT 1
        """,
        [
          .text(ProgramDescription.kind), .text(program.configuration.canonical), .text(name),
        ], decode: Run.init
      ).first
    }
  }

  private func provenance(of program: ProgramDescription) -> Provenance {
    var provenance = Provenance(environment, asksGit: false)
    provenance.gitCommit = program.commit
    provenance.commandLine = program.command
    return provenance
  }

  private static func recordExecution(
    of run: Int64, token: String, _ provenance: Provenance, _ program: ProgramDescription,
    directory: String, in connection: Connection
  ) throws -> Int {
    let execution = try recordExecution(of: run, token: token, provenance, in: connection)
    let environment = JSONValue.object(program.environment.mapValues { .string($0) })
    try connection.execute(
      """
      INSERT INTO program_execution (
        run_id, number, directory, working_directory, git_branch, git_remote, environment)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .integer(run), .integer(Int64(execution)), .text(directory),
        .text(program.workingDirectory), program.branch.map(SQLValue.text) ?? .null,
        program.remote.map(SQLValue.text) ?? .null, .text(environment.canonical),
      ])
    return execution
  }
}
