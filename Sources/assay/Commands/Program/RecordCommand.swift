import ArgumentParser
import Foundation
import Program
import Report
import SQLite
import Tracker

struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Records a program that reports by itself, for libraries.",
    discussion: """
      A library starts this command and keeps its standard input open while the program runs. It writes \
      one line, a JSON object with the run's name, parameters and command line, and reads one line that \
      says where to append events. When the input ends, the run ends, as the last event "end" says, or \
      else as interrupted. docs/events.md describes both lines.

      With --recover, event files of programs that found no tracker are taken in.

      Example: assay record --recover
      Example: assay record --recover runs/assay-events --db results.db
      """, shouldDisplay: false)

  @OptionGroup var database: DatabaseOptions

  @Option(
    defaultAsFlag: "assay-events",
    help: ArgumentHelp(
      "Takes in the event files in the directories there. (default: ./assay-events)",
      valueName: "directory"))
  var recover: String?

  @Option(help: "The format of the list of what was taken in; table is another name for text.")
  var format = TableFormat.text

  func run() throws {
    let notice: @Sendable (String) -> Void = { StandardError.write("assay: \($0)") }
    if let recover { return try takeIn(recover, notice) }
    // The program decides what its keys and signals mean; the end of the input says when to end.
    for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU, SIGUSR1, SIGUSR2] {
      signal(number, SIG_IGN)
    }
    let session: RecordSession
    do {
      let line = readLine(strippingNewline: true) ?? ""
      let start = try RecordedStart(line)
      let tracker = try ProgramDatabase.open(database, notice: notice)
      session = try RecordSession(start, process: getppid(), tracker: tracker, notice: notice)
    } catch {
      guard let failure = Failure(error) else { throw error }
      let answer = JSONValue.object([
        "error": .string(failure.message), "code": .integer(Int64(failure.code)),
      ])
      try StandardOutput.print(answer.canonical)
      throw error
    }
    try StandardOutput.print(session.answer)
    session.follow(until: STDIN_FILENO)
    try session.finish()
  }

  private func takeIn(
    _ directory: String, _ notice: @escaping @Sendable (String) -> Void
  ) throws {
    Interruption.shared.waitForWork()
    let tracker = try ProgramDatabase.open(database, notice: notice)
    let outcomes = try StrayEvents(in: directory).record(in: tracker, notice: notice)
    let columns: [Table.Column] = [
      .init("run", "run", .run), .init("result", "result", .text),
      .init("directory", "directory", .text),
    ]
    let rows: [[SQLValue]] = outcomes.map { outcome in
      let result =
        switch outcome.result {
        case .recorded(let state): state.rawValue
        case .running: "still running"
        case .refused(let reason): "left: \(reason)"
        }
      return [
        outcome.run.isEmpty ? .null : .text(outcome.run), .text(result), .text(outcome.directory),
      ]
    }
    try StandardOutput.write(Table(title: "", columns: columns, rows: rows).shown(as: format))
  }
}
