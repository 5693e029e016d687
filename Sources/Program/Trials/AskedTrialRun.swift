internal import Foundation
internal import SQLite
package import Sweep
package import Tracker

/// The run of a trial that another program does: its events are recorded while the program holds
/// the trial.
package final class AskedTrialRun {
  /// The trial.
  package let trial: SweepTrial

  private let run: String
  private let recorder: ProgramRecorder
  private let follower: PruningFollower
  /// Why the program was told to stop; nil: it was not.
  private var stop: StopReason?

  /// Begins the run, or goes on with that of an earlier attempt.
  ///
  /// - Parameters:
  ///   - trial: The trial.
  ///   - command: The command line of the program that asked, as far as it is known.
  ///   - tracker: Where the run is recorded.
  ///   - notice: Receives, on any thread, what the user should know.
  /// - Throws: ``ProgramError``, `TrackerError` or `SQLiteError`.
  package init(
    _ trial: SweepTrial, command: [String], in tracker: Tracker,
    notice: @escaping @Sendable (String) -> Void
  ) throws {
    let earlier = try trial.runs().last { $0.kind == ProgramDescription.kind }
    if let earlier, earlier.state != .finished {
      try RunRecovery.takeOver(earlier.uuid, in: tracker, grace: 0)
    } else if earlier == nil, trial.isRetried {
      _ = try RunRecovery.recover(in: tracker)
    }
    var request = ProgramRequest(command, in: FileManager.default.currentDirectoryPath)
    request.parameters = JSONValue(trial.parameters)
    request.name = "\(trial.sweep) \(trial.number)"
    request.group = trial.sweep
    request.trial = ProgramTrial(sweep: trial.sweep, number: trial.number)
    // A finished run whose trial was not told stays; the program does the trial again.
    request.resume =
      earlier.flatMap { $0.state == .finished ? nil : ResumePolicy.run($0.uuid) }
      ?? (trial.isRetried ? .allow : .never)
    let program = try StartedProgram.begin(request, in: tracker)
    self.trial = trial
    run = program.run.uuid
    // What must not outlive the record is this process: the program goes on without it.
    recorder = ProgramRecorder(
      request, program, process: ProcessInfo.processInfo.processIdentifier, tracker: tracker,
      notice: notice)
    follower = PruningFollower(trial)
    do {
      try trial.uses(program.run.uuid, computed: true)
    } catch {
      try? recorder.close(.interrupted, error: nil)
      throw error
    }
  }

  /// What the program needs to know of the run: its UUID and the paths of its files.
  package var answer: JSONValue { recorder.answer }

  /// Records what the program has reported so far, and tells it to stop where it should.
  ///
  /// - Throws: `TrackerError` or `SQLiteError`.
  package func record() throws {
    let reason = try recorder.record(following: follower)
    if let error = follower.error { throw error }
    guard stop == nil, let reason = reason ?? (trial.isCancelled() ? .stopped : nil) else { return }
    stop = reason
    recorder.say(reason)
  }

  /// Whether the program was told to give the trial back, so that its end is none.
  package var isTakenBack: Bool { stop != nil && stop != .pruned }

  /// Ends the run with all that the program has reported.
  ///
  /// - Parameters:
  ///   - state: Finished, failed or interrupted.
  ///   - error: Why it failed, in one line.
  /// - Returns: What the trial's objectives take their numbers from.
  /// - Throws: `TrackerError` or `SQLiteError`.
  @discardableResult
  package func close(_ state: RunState, error: String? = nil) throws -> TrialResults {
    try recorder.close(state, error: error)
    return TrialResults(run: run, values: ["run": .text(run)])
  }
}
