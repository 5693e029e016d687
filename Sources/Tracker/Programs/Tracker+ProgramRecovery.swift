internal import SQLite

extension Tracker {
  /// The executions of commands of which something may be left to record, oldest first.
  ///
  /// - Parameter run: A run's UUID; nil for all runs.
  /// - Returns: The executions.
  /// - Throws: `SQLiteError`.
  public func openExecutions(of run: String? = nil) throws -> [ProgramExecution] {
    try read { connection in
      try connection.rows(
        """
        SELECT
          host, boot_id, pid_namespace, process_id, process_started, heartbeat_ms,
          heartbeat_uptime_ms, execution.run_id, execution.number, directory, working_directory,
          child_process_id, child_process_started, execution.token, outcome
        FROM program_execution
        JOIN execution
          ON execution.run_id = program_execution.run_id
          AND execution.number = program_execution.number
        JOIN run ON run.id = program_execution.run_id
        WHERE is_recorded = 0 AND (?1 IS NULL OR run.uuid = ?1)
        ORDER BY execution.run_id, execution.number
        """, [run.map(SQLValue.text) ?? .null]
      ) { row in
        let supervisor = ProcessIdentity(
          host: try row.text(0), bootID: try row.text(1), namespace: row.value(2).text,
          processID: try row.int64(3), started: try row.text(4))
        let lease = Lease(
          holder: supervisor, heard: try row.int64(5), heardUptime: row.value(6).integer)
        let outcome = try row.text(14)
        return ProgramExecution(
          run: try Self.run(id: try row.int64(7), in: connection), number: try row.int(8),
          directory: try row.text(9), workingDirectory: try row.text(10),
          isSupervised: outcome == "running" && lease.isHeld,
          livingChild: supervisor.livingChild(row.value(11).integer, started: row.value(12).text),
          isChildRecorded: row.value(11).integer != nil, token: try row.text(13))
      }
    }
  }

  /// A dead supervisor's run, to record what its command has written.
  ///
  /// - Throws: ``TrackerError/leaseLost(run:)`` if another process has taken it over since.
  public func heir(of execution: ProgramExecution) throws -> ActiveRun {
    let run = try read { try Self.run(id: execution.run.id, in: $0) }
    return ActiveRun(
      run: run, token: execution.token, execution: execution.number, isHeir: true, tracker: self)
  }

  /// Gives up on an execution that no longer holds its run: another process has closed it, or gone
  /// on with the run.
  ///
  /// - Throws: `SQLiteError`.
  public func closeIfOvertaken(_ execution: ProgramExecution) throws {
    try write { connection in
      try connection.execute(
        """
        UPDATE program_execution SET is_recorded = 1
        WHERE run_id = ?1 AND number = ?2
          AND NOT EXISTS (SELECT 1 FROM run WHERE id = ?1 AND token = ?3)
        """,
        [.integer(execution.run.id), .integer(Int64(execution.number)), .text(execution.token)])
    }
  }

  /// This process's name for others: its number and when it started, by which they tell whether it
  /// lives.
  ///
  /// - Parameter process: The number of a living process.
  /// - Returns: When it started; empty where that is not to be seen.
  public static func startTime(of process: Int32) -> String {
    ProcessIdentity.startTime(of: process) ?? ""
  }
}
