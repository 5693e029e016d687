internal import Bytes
internal import Foundation
internal import SQLite
internal import Subprocess
package import Sweep
internal import Synchronization
package import Tracker

/// Runs trials that are commands, each as one run over all of its attempts.
package final class CommandTrialRunner: TrialRunner {
  private let trials: CommandTrials
  private let tracker: Tracker
  private let timeout: Double?
  private let acceptsFailure: Bool
  private let notice: @Sendable (String) -> Void

  /// Prepares to run the trials of a sweep.
  ///
  /// - Parameters:
  ///   - trials: The commands.
  ///   - goals: What is searched for; where an exit code is, none is a failure.
  ///   - tracker: Where the runs are recorded.
  ///   - timeout: How long a trial may take, in seconds; nil for what the sweep says.
  ///   - notice: Receives, on any thread, what the user should know.
  package init(
    _ trials: CommandTrials, goals: [SweepGoal], in tracker: Tracker, timeout: Double?,
    notice: @escaping @Sendable (String) -> Void
  ) {
    self.trials = trials
    self.tracker = tracker
    self.timeout = timeout
    acceptsFailure = goals.contains { $0.metric == CommandTrials.exitCode }
    self.notice = notice
  }

  package func run(_ trial: SweepTrial) throws -> TrialEnd {
    let earlier = try trial.runs().last { $0.kind == ProgramDescription.kind }
    if let earlier {
      try RunRecovery.takeOver(earlier.uuid, in: tracker, grace: trials.grace)
      // The worker died between the end of the command and that of the trial.
      if try tracker.run(uuid: earlier.uuid).state == .finished {
        return .finished(try results(ofFinished: earlier.uuid))
      }
      if try PruningFollower(trial).judge(recordedIn: earlier.uuid, of: tracker) { return .pruned }
    } else if trial.isRetried {
      // The worker may have died before it said which run it had begun.
      _ = try RunRecovery.recover(in: tracker)
    }
    let resume = earlier.map { ResumePolicy.run($0.uuid) } ?? (trial.isRetried ? .allow : .never)
    guard let program = try begin(request(for: trial, resume: resume), trial) else {
      return .interrupted
    }
    return try supervise(program, trial)
  }

  private func request(
    for trial: SweepTrial, resume: ResumePolicy, file: String? = nil
  ) -> ProgramRequest {
    var request = trials.request(for: trial.parameters, file: file)
    request.timeout = timeout ?? request.timeout
    request.name = "\(trial.sweep) \(trial.number)"
    request.group = trial.sweep
    request.trial = ProgramTrial(sweep: trial.sweep, number: trial.number)
    request.resume = resume
    return request
  }

  /// Begins the run; waits while another worker holds it, and gives nil when the trial is cancelled.
  private func begin(_ request: ProgramRequest, _ trial: SweepTrial) throws -> StartedProgram? {
    while !trial.isCancelled() {
      do {
        return try StartedProgram.begin(request, in: tracker)
      } catch TrackerError.runBusy {
        Thread.sleep(forTimeInterval: 0.1)
      }
    }
    return nil
  }

  private func supervise(_ program: StartedProgram, _ trial: SweepTrial) throws -> TrialEnd {
    // The record has {config} as it is, since the file's path is good for this attempt alone.
    let file = trials.format.map { "\(program.directory.path)/config.\($0.rawValue)" }
    let supervisor = ProgramSupervisor(
      request(for: trial, resume: .never, file: file), program, tracker: tracker, notice: notice)
    let follower = PruningFollower(trial)
    let end: ProgramEnd
    do {
      try trial.uses(program.run.uuid, computed: true)
      if let file {
        try Data(trials.text(of: trial.parameters).utf8).write(to: URL(fileURLWithPath: file))
      }
      end = try supervisor.run(isCancelled: trial.isCancelled, following: follower)
    } catch {
      try? supervisor.close(.interrupted, error: nil)
      throw error
    }
    if let error = follower.error {
      try supervisor.close(.interrupted, error: nil)
      throw error
    }
    switch end.stop {
    case .pruned?:
      try supervisor.close(.interrupted, error: nil)
      return .pruned
    case .interrupted?, .stopped?:
      // A command that ends well because it was told to stop has not done all of its work.
      try supervisor.close(.interrupted, error: nil)
      return .interrupted
    case .timeout?, nil: break
    }
    if let reason = Self.outsideEnd(end) {
      try supervisor.close(.interrupted, error: nil)
      return .lost(reason)
    }
    if end.stop == nil, end.state == .finished || acceptsFailure {
      try supervisor.close(.finished, error: nil)
      return .finished(Self.results(of: program.run.uuid, exitCode: Double(end.exitCode)))
    }
    let failure = end.error ?? "took longer than its time limit"
    try supervisor.close(.failed, error: failure)
    throw CommandTrialFailure(failure, lastLine: end.lastErrorLine)
  }

  /// How somebody else ended a command: by a signal that users and systems send, unlike those of a
  /// command's own faults; nil if it ended otherwise or was told to end.
  private static func outsideEnd(_ end: ProgramEnd) -> String? {
    guard end.stop == nil else { return nil }
    if case .signalled(let number) = end.cause,
      [SIGKILL, SIGTERM, SIGINT, SIGHUP].contains(Int32(number))
    {
      return "the command was ended by \(SignalName.name(of: number))"
    }
    return end.state == .interrupted ? "the command was interrupted" : nil
  }

  package func isOfTheTrial(_ error: any Error) -> Bool {
    !(error is ProgramError || error is SubprocessError || error is Shortage)
  }

  package func trialEnded() {}

  private static func results(of run: String, exitCode: Double?) -> TrialResults {
    TrialResults(
      run: run, numbers: exitCode.map { [CommandTrials.exitCode: $0] } ?? [:],
      values: ["run": .text(run)])
  }

  private func results(ofFinished run: String) throws -> TrialResults {
    let codes = try tracker.read { connection in
      try connection.rows(
        """
        SELECT coalesce(exit_code, 128 + signal) FROM program_executions
        WHERE run = ? ORDER BY execution DESC LIMIT 1
        """, [.text(run)]
      ) { $0.value(0).real }
    }
    return Self.results(of: run, exitCode: codes.first ?? nil)
  }
}

/// Why a trial's command failed.
struct CommandTrialFailure: Error, CustomStringConvertible {
  let description: String

  init(_ failure: String, lastLine: String?) {
    description = "the command " + failure + (lastLine.map { ": " + $0 } ?? "")
  }
}
