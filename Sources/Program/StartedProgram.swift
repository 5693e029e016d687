internal import Foundation
internal import SQLite
public import Tracker

/// A run of a command that this process has begun, or goes on with, and whose command is not
/// started yet.
public struct StartedProgram: Sendable {
  /// The run.
  public let run: ActiveRun
  /// Where its events and files are until they are recorded.
  public let directory: RunDirectory
  /// The file of the database, an absolute path.
  let database: String
  /// What differs from the commit; nil: the working directory is in no repository.
  let changes: GitChanges?

  /// The number of the execution, from 1.
  public var attempt: Int { run.execution }

  /// Records a run's beginning and makes its directory with all that the command finds there.
  ///
  /// - Parameters:
  ///   - request: The command.
  ///   - tree: The working tree; nil: it is looked at now.
  ///   - tracker: The database.
  /// - Returns: The run.
  /// - Throws: ``ProgramError``: `nothingToResume`, `finishedRun`, `otherKind` or `inputOutput`;
  ///   `TrackerError`, `runBusy` among them; `SQLiteError`.
  public static func begin(
    _ request: ProgramRequest, from tree: WorkingTree? = nil, in tracker: Tracker
  ) throws -> StartedProgram {
    let database = try RunDirectory.databasePath(of: tracker)
    let tree = tree ?? WorkingTree(of: request.workingDirectory, without: database)
    if request.requiresClean, let changes = tree.changes, let head = tree.head,
      changes.wait(seconds: GitChanges.longestWait)?.areThere != false
    {
      throw ProgramError.notClean(directory: head.top)
    }
    return try begin(request, tree, database: database, in: tracker)
  }

  private static func begin(
    _ request: ProgramRequest, _ tree: WorkingTree, database: String, in tracker: Tracker
  ) throws -> StartedProgram {
    let program = description(of: request, tree.head)
    let earlier = try earlierRun(for: request, program, in: tracker)
    let uuid = earlier?.uuid ?? UUID().uuidString.lowercased()
    let directory = RunDirectory(of: uuid, database: database)
    try directory.make()
    do {
      let run =
        try earlier.map { try tracker.resume($0, as: program, directory: directory.path) }
        ?? tracker.begin(program, uuid: uuid, directory: directory.path)
      // Until now another process that closed the earlier execution may have removed what was empty.
      if let earlier {
        try directory.make()
        if request.trial == nil { try tracker.ask(forRun: earlier.uuid) }
      }
      let started = StartedProgram(
        run: run, directory: directory, database: database, changes: tree.changes)
      try started.writeFiles(request, in: tracker)
      if request.hasLabels { try run.record { try started.label($0, with: request) } }
      return started
    } catch {
      if earlier == nil { directory.removeAll() }
      throw error
    }
  }

  private static func description(
    of request: ProgramRequest, _ head: GitHead?
  ) -> ProgramDescription {
    ProgramDescription(
      command: request.command, name: request.name, parameters: request.parameters,
      workingDirectory: request.workingDirectory,
      environment: RecordedEnvironment.variables(and: request.environment),
      commit: head?.commit, branch: head?.branch, remote: head?.remote)
  }

  private static func earlierRun(
    for request: ProgramRequest, _ program: ProgramDescription, in tracker: Tracker
  ) throws -> Run? {
    switch request.resume {
    case .never: return nil
    case .allow: return try tracker.resumableRun(of: program)
    case .must:
      guard let run = try tracker.resumableRun(of: program) else {
        throw ProgramError.nothingToResume(name: request.name)
      }
      return run
    case .run(let prefix):
      let run = try tracker.run(matching: prefix)
      guard run.kind == ProgramDescription.kind else {
        throw ProgramError.otherKind(run: run.uuid, kind: run.kind)
      }
      guard run.state != .finished else { throw ProgramError.finishedRun(run.uuid) }
      return run
    }
  }

  private func label(_ writer: RunWriter, with request: ProgramRequest) throws {
    for tag in request.tags { try writer.addTag(tag) }
    if let group = request.group { try writer.setGroup(group) }
    if let note = request.note { try writer.addNote(note, once: true) }
  }

  /// Makes the events file, under both of its names, and the state file.
  private func writeFiles(_ request: ProgramRequest, in tracker: Tracker) throws {
    let events = directory.events(attempt)
    try Self.write([], to: events)
    unlink(directory.keptEvents(attempt))
    guard link(events, directory.keptEvents(attempt)) == 0 else {
      throw ProgramError.inputOutput(
        path: directory.keptEvents(attempt), detail: String(cString: strerror(errno)))
    }
    let state = try RunStateFile(of: self, request, in: tracker).text
    try Self.write(Array((state + "\n").utf8), to: directory.state(attempt))
  }

  /// Writes a small file, which survives a kill, like what is committed, though not a power cut.
  static func write(_ bytes: [UInt8], to path: String) throws(ProgramError) {
    // Foundation's own way waits for the disk.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .inputOutput(path: path, detail: String(cString: strerror(errno)))
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try file.write(contentsOf: Data(bytes))
    } catch {
      throw .refused(path, error)
    }
  }

  /// What the command gets as its environment.
  func variables(for request: ProgramRequest) -> [String: String] {
    var variables = ProcessInfo.processInfo.environment
    // Of a run in which this process itself may be.
    for name in variables.keys where name.hasPrefix("ASSAY_") && Self.ownVariables.contains(name) {
      variables[name] = nil
    }
    variables.merge(request.environment) { $1 }
    variables["ASSAY_PROTOCOL"] = "1"
    variables["ASSAY_EVENTS"] = directory.events(attempt)
    variables["ASSAY_RUN"] = run.uuid
    variables["ASSAY_ATTEMPT"] = "\(attempt)"
    variables["ASSAY_STATE"] = directory.state(attempt)
    variables["ASSAY_CONTROL"] = directory.control(attempt)
    variables["ASSAY_CHECKPOINTS"] = directory.checkpoints
    variables["ASSAY_FILES"] = directory.files
    variables["ASSAY_DB"] = database
    variables["ASSAY_PROGRAM"] = Self.executable
    if let trial = request.trial {
      variables["ASSAY_SWEEP"] = trial.sweep
      variables["ASSAY_TRIAL"] = "\(trial.number)"
    }
    return variables
  }

  private static let ownVariables: Set<String> = [
    "ASSAY_PROTOCOL", "ASSAY_EVENTS", "ASSAY_RUN", "ASSAY_ATTEMPT", "ASSAY_STATE", "ASSAY_CONTROL",
    "ASSAY_CHECKPOINTS", "ASSAY_FILES", "ASSAY_SWEEP", "ASSAY_TRIAL",
  ]

  /// The file of this program.
  private static let executable =
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    ?? Bundle.main.executablePath ?? CommandLine.arguments[0]
}
