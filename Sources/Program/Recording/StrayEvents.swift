internal import Bytes
internal import Foundation
internal import SQLite
public import Tracker

/// Events files that programs wrote while there was no tracker, one directory a run.
public struct StrayEvents {
  /// What became of a directory.
  public struct Outcome: Sendable, Equatable {
    /// What was done.
    public enum Result: Sendable, Equatable {
      /// The run is recorded, in this state, and the directory is removed.
      case recorded(RunState)
      /// The program still runs: what it has written so far is left.
      case running
      /// The file cannot be taken in, for this reason, and is left.
      case refused(String)
    }

    /// The directory.
    public let directory: String
    /// The run's UUID; empty if the file does not say.
    public let run: String
    /// What was done.
    public let result: Result
  }

  private let directory: String

  /// Names the directory that holds those of runs, such as "./assay-events".
  public init(in directory: String) {
    self.directory = directory
  }

  /// Records them.
  ///
  /// - Parameters:
  ///   - tracker: The database, open for writing.
  ///   - notice: Receives what the user should know.
  /// - Returns: What became of each directory, sorted.
  /// - Throws: ``ProgramError/inputOutput(path:detail:)`` if there is no such directory;
  ///   `SQLiteError`.
  public func record(
    in tracker: Tracker, notice: @escaping @Sendable (String) -> Void
  ) throws -> [Outcome] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory)
    } catch {
      throw ProgramError.missing(path: directory)
    }
    return try names.sorted().compactMap { name in
      let path = URL(fileURLWithPath: directory).appending(path: name).path
      guard FileManager.default.fileExists(atPath: path + "/events.jsonl") else { return nil }
      return try StrayRun(path).record(in: tracker, notice: notice)
    }
  }
}

/// One run's directory.
private struct StrayRun {
  let directory: RunDirectory
  var events: String { directory.path + "/events.jsonl" }

  init(_ path: String) {
    directory = RunDirectory(path: path)
  }

  func record(
    in tracker: Tracker, notice: @escaping @Sendable (String) -> Void
  ) throws -> StrayEvents.Outcome {
    let start: RecordedStart
    do throws(ProgramError) {
      start = try readStart()
    } catch {
      return outcome("", .refused("\(error)"))
    }
    guard let uuid = start.run else {
      return outcome("", .refused("its first line names no run"))
    }
    guard !isAlive(start) else { return outcome(uuid, .running) }
    if let found = try? tracker.run(uuid: uuid), try isRecorded(as: found, in: tracker) {
      remove()
      return outcome(uuid, .recorded(found.state))
    }
    let run = try begin(start, uuid, in: tracker)
    let reader = EventReader(
      of: run, in: directory, workingDirectory: start.request.workingDirectory, tracker: tracker,
      files: [events], notice: notice)
    try reader.read(isLast: true)
    let state = reader.end?.state ?? .interrupted
    try run.record { writer in
      for tag in start.request.tags { try writer.addTag(tag) }
      if let group = start.request.group { try writer.setGroup(group) }
      if let note = start.request.note { try writer.addNote(note, once: true) }
    }
    let closer = ExecutionCloser(
      run: run, directory: directory, database: try RunDirectory.databasePath(of: tracker),
      workingDirectory: start.request.workingDirectory, artifactPatterns: [],
      clearsDirectory: false)
    _ = try closer.close(state, error: reader.end?.error, usage: ProgramUsage())
    remove()
    return outcome(uuid, .recorded(state))
  }

  /// Whether a run has ended that has all of the file, as where a copy comes in once more.
  private func isRecorded(as run: Run, in tracker: Tracker) throws -> Bool {
    guard run.state != .running else { return false }
    let recorded = try tracker.bytesRead(of: "events/1", in: run.uuid) ?? 0
    return run.state == .finished || recorded >= FileIdentity.size(of: events) ?? 0
  }

  private func outcome(
    _ run: String, _ result: StrayEvents.Outcome.Result
  ) -> StrayEvents.Outcome {
    StrayEvents.Outcome(directory: directory.path, run: run, result: result)
  }

  /// The first line's object.
  private func readStart() throws(ProgramError) -> RecordedStart {
    let file = EventFile(events, source: { _ in "" }, recorded: { _ in 0 })
    guard let piece = try file?.next(isLast: true) else {
      throw .wrongStart(detail: "the file is empty")
    }
    let line = piece.bytes.prefix { $0 != UInt8(ascii: "\n") }.withoutByteOrderMark
    var scanner = JSONScanner(piece.bytes, line.startIndex..<line.endIndex)
    guard let value = try? scanner.value(), let start = value["start"] else {
      throw .wrongStart(detail: "its first line does not begin with \"start\"")
    }
    return try RecordedStart(start)
  }

  /// Whether the program still runs, as far as can be told on this host.
  private func isAlive(_ start: RecordedStart) -> Bool {
    guard let process = start.process else { return false }
    let now = Tracker.startTime(of: process)
    guard !now.isEmpty else { return false }
    return start.processStarted.map { $0 == now } ?? false
  }

  private func begin(
    _ start: RecordedStart, _ uuid: String, in tracker: Tracker
  ) throws -> ActiveRun {
    let head = GitHead(of: start.request.workingDirectory)
    let program = ProgramDescription(
      command: start.request.command, name: start.request.name,
      parameters: start.request.parameters, workingDirectory: start.request.workingDirectory,
      branch: head?.branch, remote: head?.remote)
    if let found = try? tracker.run(uuid: uuid) {
      return try tracker.resume(found, as: program, directory: directory.path)
    }
    return try tracker.begin(program, uuid: uuid, directory: directory.path)
  }

  private func remove() { try? FileManager.default.removeItem(atPath: directory.path) }
}
