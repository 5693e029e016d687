import ArgumentParser
import Foundation
import Program
import Study
import Sweep
import Tracker

extension SweepCommand {
  struct Ask: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ask",
      abstract: "Hands trials to another program, which tells how they went.",
      discussion: """
        Reads a JSON object a line from standard input and answers each by one line: {"ask": true} gets \
        a trial with its parameters and the files to report to, {"tell": {}} finishes it. At the end of \
        the input a trial that is still held is given back. docs/reference/sweep-files.md has the \
        protocol; Python's assay.sweep speaks it.

        Example: assay sweep ask asked.yaml < questions.jsonl
        """)

    @Argument(
      help: "A sweep file without a command, or the name of a sweep in the database.",
      completion: .file(extensions: ["yaml", "yml"]))
    var source: String

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var queue: QueueOption

    func run() throws {
      Interruption.shared.waitForWork()
      let isCancelled = Interruption.shared.isCancelled
      let described = SweepCatalogue.isFile(source) ? try SweepCatalogue.readAsked(source) : nil
      let notice: @Sendable (String) -> Void = { StandardError.write("assay: \($0)") }
      let server = try queue.server(isPatient: true, notice: notice)
      let tracker = try ProgramDatabase.open(
        database, creating: described != nil || server != nil, notice: notice)
      let place = SweepPlace(tracker: tracker, server: server)
      let plan = try described ?? SweepCatalogue.plan(of: place.sweep(named: source))
      guard plan.definition.kind is AskedTrials else {
        throw SweepError.notAsked(name: plan.description.name)
      }
      let sweep = try place.open(plan.description)
      let taker = try TrialTaker(
        place.queue(of: sweep, isCancelled: isCancelled), plan: plan, in: tracker,
        isCancelled: isCancelled)
      let conversation = AskedTrialConversation(taker, in: tracker, notice: notice)
      defer { conversation.release() }
      var input = LineInput(STDIN_FILENO)
      while let event = input.next(within: 0.1) {
        if isCancelled() { throw StudyError.interrupted }
        let answer: JSONValue? =
          if case .line(let line) = event { conversation.answer(to: line) } else {
            conversation.goOn()
          }
        if let answer { try StandardOutput.print(answer.canonical) }
      }
    }
  }
}
