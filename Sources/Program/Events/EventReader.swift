internal import Foundation
internal import Tracker

/// Reads what a command reports, and records it with how far it was read, so that whoever goes on
/// records nothing twice.
final class EventReader: RecordingLoop.Source {
  private let run: ActiveRun
  private let directory: RunDirectory
  private let tracker: Tracker
  private let contents: NamedFiles
  private let notice: @Sendable (String) -> Void
  private var files: EventFiles
  private var parser: EventParser
  private var told: Set<EventProblem> = []
  private var malformed = MalformedLines()

  /// What the last event said of the command's end; nil: nothing.
  private(set) var end: ToldEnd?
  /// Is given the values that were recorded.
  var recorded: (([MetricPoint]) -> Void)?

  /// How often a file is read that changes meanwhile.
  private static let attempts = 3

  /// Another process has recorded a part of what this one was about to record.
  private struct Overtaken: Error {}

  private struct MalformedLines {
    var count = 0
    var first = 0
  }

  /// Prepares to read the events of an execution.
  ///
  /// - Parameters:
  ///   - run: The run, with the execution.
  ///   - directory: The run's directory.
  ///   - workingDirectory: The command's.
  ///   - tracker: The database.
  ///   - paths: The names of the file of events; nil: those in the run's directory.
  ///   - notice: Receives what the user should know, each thing once.
  init(
    of run: ActiveRun, in directory: RunDirectory, workingDirectory: String, tracker: Tracker,
    files paths: [String]? = nil, notice: @escaping @Sendable (String) -> Void
  ) {
    self.run = run
    self.directory = directory
    self.tracker = tracker
    self.notice = notice
    contents = NamedFiles(directory: directory, workingDirectory: workingDirectory)
    let own = [directory.keptEvents(run.execution), directory.events(run.execution)]
    // Files of no execution are those of the first, however often they are taken up.
    let number = paths == nil ? run.execution : 1
    files = EventFiles(paths ?? own, source: "events/\(number)") { source in
      try tracker.bytesRead(of: source, in: run.uuid) ?? 0
    }
    parser = EventParser { metric in (try? tracker.lastStep(of: metric, in: run)) ?? nil }
  }

  /// Records what has come since the last time.
  ///
  /// - Parameter isLast: Whether nothing comes any more, so that a last line counts that has no end.
  /// - Throws: ``ProgramError/inputOutput(path:detail:)``; `TrackerError`, such as `leaseLost`;
  ///   `SQLiteError`. What could not be recorded is read again the next time.
  func read(isLast: Bool) throws {
    if try files.look() {
      tell(EventProblem("another file has taken the place of the events file; both are read"))
    }
    for file in files.files {
      if file.restartIfCutOff() {
        tell(EventProblem("the events file was cut off, and is read from its beginning"))
      }
      while let piece = try file.next(isLast: isLast) { try record(piece, of: file) }
    }
    if isLast, malformed.count > 1 {
      let text =
        "\(malformed.count) lines of the events are no JSON objects, the first is line "
        + "\(malformed.first)"
      malformed.count = 0
      notice(text)
      try run.record { try $0.addNote(text, once: true) }
    }
  }

  private func record(
    _ piece: EventFile.Piece, of file: EventFile, attempt: Int = 1
  ) throws {
    var batch = EventBatch()
    if piece.skippedLine {
      batch.add(EventProblem("a line of the events is longer than 16 MB and is left out"))
    }
    parse(piece.bytes, into: &batch)
    let first = batch.firstMalformedLine.map { file.lines(before: file.offset) + $0 + 1 }
    if let first, malformed.count == 0 {
      batch.add(EventProblem("line \(first) of the events is no JSON object"))
    }
    if let end = batch.end { try EndFile.add(end, to: directory.end(run.execution)) }
    do {
      let prepared = batch.events.map { event in
        attempt > Self.attempts
          ? PreparedFiles() : contents.prepare(event, problems: &batch)
      }
      if attempt > Self.attempts {
        batch.add(
          EventProblem("a file that an event names changes while it is read, and is not kept"))
      }
      try run.record { writer in
        guard try writer.bytesRead(of: file.source) ?? 0 == file.recorded else {
          throw Overtaken()
        }
        let recorder = EventRecorder(writer: writer)
        try recorder.record(batch, prepared)
        for problem in recorder.problems { batch.add(problem) }
        for problem in batch.problems where problem.isNoted {
          try writer.addNote(problem.text, once: true)
        }
        try writer.setBytesRead(piece.end, of: file.source)
      }
    } catch is Overtaken {
      return file.jump(to: try tracker.bytesRead(of: file.source, in: run.uuid) ?? 0)
    } catch is StoredContent.Changed {
      return try record(piece, of: file, attempt: attempt + 1)
    }
    file.advance(behind: piece)
    malformed.count += batch.malformedLines
    if let first, malformed.first == 0 { malformed.first = first }
    if let end = batch.end { self.end = end }
    for problem in batch.problems { tell(problem) }
    if let recorded, batch.count > 0 { recorded(batch.points) }
  }

  private func parse(_ bytes: [UInt8], into batch: inout EventBatch) {
    let now = Int64((Date().timeIntervalSince1970 * 1000).rounded())
    var (start, line) = (0, 0)
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      if !parser.read(bytes, start..<end, now: now, into: &batch) {
        batch.firstMalformedLine = batch.firstMalformedLine ?? line
        batch.malformedLines += 1
      }
      start = end + 1
      line += 1
    }
  }

  /// Tells each thing once.
  private func tell(_ problem: EventProblem) {
    if told.insert(problem).inserted { notice(problem.text) }
  }
}
