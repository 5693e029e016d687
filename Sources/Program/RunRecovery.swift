internal import Foundation
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
  @discardableResult
  public static func recover(in tracker: Tracker) throws -> [RecoveredRun] {
    var recovered: [RecoveredRun] = []
    for execution in try tracker.openExecutions() where !execution.isSupervised {
      do {
        // A supervisor that was killed as it started the command could not record which process it is.
        let isAlive =
          execution.isChildRecorded
          ? execution.livingChild != nil : !Self.processes(of: execution).living.isEmpty
        if let run = try recover(execution, isAlive: isAlive, in: tracker) { recovered.append(run) }
      } catch is ProgramError {
        // Its files cannot be read now: the others are recorded all the same.
        continue
      }
    }
    return recovered
  }

  /// Whether a dead process has left anything, which takes a moment to find out.
  ///
  /// - Parameter tracker: The database.
  /// - Returns: Whether ``recover(in:)`` has something to do.
  /// - Throws: `SQLiteError`.
  public static func isNeeded(in tracker: Tracker) throws -> Bool {
    try tracker.openExecutions().contains { !$0.isSupervised }
  }

  /// Ends the command of a run whose supervisor is dead, and what it has started, records what it has
  /// written, and closes the run, so that it can be gone on with.
  ///
  /// - Parameters:
  ///   - run: The run's UUID.
  ///   - tracker: The database, open for writing.
  ///   - grace: The time between SIGTERM and SIGKILL, in seconds.
  /// - Throws: `TrackerError.runBusy` if a living process supervises it; `SQLiteError`.
  public static func takeOver(_ run: String, in tracker: Tracker, grace: Double) throws {
    for execution in try tracker.openExecutions(of: run) where !execution.isSupervised {
      end(execution, grace: grace)
      _ = try recover(execution, isAlive: false, in: tracker)
    }
  }

  private static func processes(of execution: ProgramExecution) -> RunProcesses {
    RunProcesses(
      of: execution.run.uuid, execution: execution.number,
      in: RunDirectory(path: execution.directory))
  }

  /// Ends the command of an execution and what it has started.
  ///
  /// Whoever still writes would write beside the next execution. A program that Assay has not started is left alone.
  private static func end(_ execution: ProgramExecution, grace: Double) {
    let ofExecution = Self.processes(of: execution)
    var processes = ofExecution.living
    guard !processes.isEmpty else { return }
    for process in processes {
      kill(process, SIGTERM)
      kill(process, SIGCONT)
    }
    let deadline = ContinuousClock.now + .seconds(grace)
    while !processes.isEmpty, ContinuousClock.now < deadline {
      Thread.sleep(forTimeInterval: 0.02)
      processes = ofExecution.living
    }
    while !processes.isEmpty {
      for process in processes { kill(process, SIGKILL) }
      Thread.sleep(forTimeInterval: 0.005)
      processes = ofExecution.living
    }
  }

  private static func recover(
    _ execution: ProgramExecution, isAlive: Bool, in tracker: Tracker
  ) throws -> RecoveredRun? {
    let run = try tracker.heir(of: execution)
    let directory = RunDirectory(path: execution.directory)
    let end = EndFile(at: directory.end(execution.number))
    do {
      let reader = EventReader(
        of: run, in: directory, workingDirectory: execution.workingDirectory, tracker: tracker,
        notice: { _ in })
      try reader.read(isLast: !isAlive)
      let state = stateFile(of: execution, in: directory)
      if let board = state?.json["tensorboard"]?.string {
        try TensorBoardReader(
          of: run, directory: board, tracker: tracker, since: state?.written ?? 0,
          notice: { _ in }
        ).read(isLast: !isAlive)
      }
      guard !isAlive else { return RecoveredRun(uuid: execution.run.uuid, isAlive: true) }
      let (outcome, error) = Self.end(end, told: reader.end)
      let database = try RunDirectory.databasePath(of: tracker)
      let closer = ExecutionCloser(
        run: run, directory: directory, database: database,
        workingDirectory: execution.workingDirectory,
        artifactPatterns: artifactPatterns(in: state?.json),
        clearsDirectory: directory == RunDirectory(of: execution.run.uuid, database: database),
        seen: end?.seen)
      _ = try closer.close(outcome, error: error, usage: end?.usage ?? ProgramUsage())
    } catch TrackerError.leaseLost {
      // Another process has closed it meanwhile, or begun a new execution.
      try tracker.closeIfOvertaken(execution)
    }
    return RecoveredRun(uuid: execution.run.uuid, isAlive: false)
  }

  /// How a run ends whose supervisor died: as its command did, if that is known, or as it said of
  /// itself.
  private static func end(_ file: EndFile?, told: ToldEnd?) -> (RunState, String?) {
    if var end = file?.end {
      // What is read only now was said last.
      end.told = told ?? end.told
      return (end.state, end.error)
    }
    let told = told ?? file?.told
    return (told?.state ?? .interrupted, told?.error)
  }

  /// What the execution's command was told, and when, in seconds since 1970, which is just before it
  /// began; nil: it cannot be read any more.
  private static func stateFile(
    of execution: ProgramExecution, in directory: RunDirectory
  ) -> (json: JSONValue, written: Double)? {
    let path = directory.state(execution.number)
    guard let text = try? String(contentsOfFile: path, encoding: .utf8),
      let json = try? JSONValue(parsing: text),
      let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      let written = attributes[.modificationDate] as? Date
    else { return nil }
    return (json, written.timeIntervalSince1970)
  }

  private static func artifactPatterns(in state: JSONValue?) -> [String] {
    guard case .array(let patterns)? = state?["artifacts"] else { return [] }
    return patterns.compactMap(\.string)
  }
}
