internal import SQLite

/// What the system says of an ended command and of the processes that it waited for.
public struct ProgramUsage: Sendable, Equatable {
  /// The exit code; nil: a signal ended it, or the end was lost.
  public var exitCode: Int?
  /// The signal that ended it; nil: none did.
  public var signal: Int?
  /// The time in programs, in seconds.
  public var userSeconds: Double?
  /// The time in the kernel, in seconds.
  public var systemSeconds: Double?
  /// The most memory that one of its processes took, in bytes.
  public var peakMemoryBytes: Int64?
  /// The number of bytes that it wrote to standard output.
  public var outputBytes: Int64?
  /// The number of bytes that it wrote to standard error.
  public var errorBytes: Int64?

  /// Nothing is known yet.
  public init() {}
}

extension RunWriter {
  /// Records the process of an execution's command.
  ///
  /// - Throws: `SQLiteError`.
  public func recordChild(_ process: Int32, started: String, of execution: Int) throws {
    try execute(
      """
      UPDATE program_execution SET child_process_id = ?, child_process_started = ?
      WHERE run_id = ? AND number = ?
      """,
      [
        .integer(Int64(process)), .text(started), .integer(runID), .integer(Int64(execution)),
      ])
  }

  /// Records whether files of an execution's working directory differ from its commit.
  ///
  /// - Throws: `SQLiteError`.
  public func recordChanges(_ areThere: Bool, of execution: Int) throws {
    try execute(
      "UPDATE execution SET git_dirty = ? WHERE run_id = ? AND number = ?",
      [.integer(areThere ? 1 : 0), .integer(runID), .integer(Int64(execution))])
  }

  /// Records the names of the graphics processors that an execution could use.
  ///
  /// - Throws: `SQLiteError`.
  public func recordGraphicsProcessors(_ names: [String], of execution: Int) throws {
    try execute(
      "UPDATE program_execution SET gpus = ? WHERE run_id = ? AND number = ?",
      [
        .text(JSONValue.array(names.map { .string($0) }).canonical), .integer(runID),
        .integer(Int64(execution)),
      ])
  }

  /// Records how an execution's command ended.
  ///
  /// - Throws: `SQLiteError`.
  public func recordUsage(_ usage: ProgramUsage, of execution: Int) throws {
    try execute(
      """
      UPDATE program_execution SET
        exit_code = ?, signal = ?, user_seconds = ?, system_seconds = ?,
        child_peak_memory_bytes = ?, output_bytes = ?, error_bytes = ?
      WHERE run_id = ? AND number = ?
      """,
      [
        usage.exitCode.map { .integer(Int64($0)) } ?? .null,
        usage.signal.map { .integer(Int64($0)) } ?? .null,
        usage.userSeconds.map(SQLValue.real) ?? .null,
        usage.systemSeconds.map(SQLValue.real) ?? .null,
        usage.peakMemoryBytes.map(SQLValue.integer) ?? .null,
        usage.outputBytes.map(SQLValue.integer) ?? .null,
        usage.errorBytes.map(SQLValue.integer) ?? .null, .integer(runID),
        .integer(Int64(execution)),
      ])
  }

  /// Records that nothing is left to record of an execution.
  ///
  /// - Throws: `SQLiteError`.
  public func markRecorded(_ execution: Int) throws {
    try execute(
      "UPDATE program_execution SET is_recorded = 1 WHERE run_id = ? AND number = ?",
      [.integer(runID), .integer(Int64(execution))])
  }
}
