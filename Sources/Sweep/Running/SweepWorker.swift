internal import Foundation
internal import SQLite
package import Tracker

/// A worker of a sweep: takes trials and does them until there are none left.
///
/// Any number of workers, in any number of processes, may work on one sweep.
package final class SweepWorker {
  /// Why a worker ended.
  package enum Ending: Sendable, Equatable {
    /// There is nothing left to do.
    case finished
    /// The user stopped the sweep.
    case stopped
    /// The worker was told to stop; its trial is given back.
    case interrupted
  }

  private let sweep: Sweep
  private let definition: SweepDefinition
  private let runner: any TrialRunner
  private let proposer: SweepProposer
  private let tracker: Tracker
  private let isCancelled: @Sendable () -> Bool
  private let note: (String) -> Void

  /// Prepares to work on a sweep.
  ///
  /// - Parameters:
  ///   - sweep: The sweep.
  ///   - plan: What it says.
  ///   - runner: Does its trials.
  ///   - tracker: Where it is recorded.
  ///   - isCancelled: Returns true to stop; called often.
  ///   - note: Takes notes for the user, in one line.
  /// - Throws: ``ConfigurationError`` if the sweep's objectives cannot be used.
  package init(
    _ sweep: Sweep, plan: SweepPlan, runner: any TrialRunner, in tracker: Tracker,
    isCancelled: @escaping @Sendable () -> Bool, note: @escaping (String) -> Void
  ) throws {
    try plan.check(in: tracker)
    self.sweep = sweep
    definition = plan.definition
    self.runner = runner
    self.tracker = tracker
    self.isCancelled = isCancelled
    self.note = note
    proposer = try SweepProposer(definition, sweep: sweep)
  }

  /// Does trials until there are none left.
  ///
  /// - Throws: What would hit every trial, such as what data and disk have to say; the trial is given
  ///   back. An error of a trial's own is recorded with it and ends nothing else.
  package func run() throws -> Ending {
    while true {
      if isCancelled() { return .interrupted }
      switch try tracker.claimTrial(of: sweep, proposer: proposer) {
      case .trial(let trial): try perform(trial)
      case .wait: Thread.sleep(forTimeInterval: 0.1)
      case .finished: return .finished
      case .stopped: return .stopped
      }
    }
  }

  private func perform(_ active: ActiveTrial) throws {
    do {
      try record(active)
      try runner.trialEnded()
    } catch let error as TrackerError {
      switch error {
      case .trialLost, .leaseLost:
        // Another worker goes on with it; nothing that this one still holds may be left behind.
        try? active.release()
        note("\(error)")
      default:
        try? active.release()
        throw error
      }
    } catch {
      try? active.release()
      throw error
    }
  }

  /// Does a trial and records how it ended.
  private func record(_ active: ActiveTrial) throws {
    do {
      let trial = try SweepTrial(
        active, of: sweep, definition: definition, isCancelled: isCancelled)
      switch try runner.run(trial) {
      case .finished(let results):
        try active.finish(
          try definition.goals.map { goal in
            try goal.value(of: results, sweep: sweep.name, trial: trial.number, in: tracker)
          })
      case .pruned: try active.prune()
      case .interrupted: try active.release()
      }
    } catch let error where isOfTheTrial(error) {
      try active.fail("\(error)")
    }
  }

  /// Whether an error is the trial's own, so that the sweep goes on.
  ///
  /// Such are an impossible combination and an objective without a number. What the disk has to say
  /// would hit every trial.
  private func isOfTheTrial(_ error: any Error) -> Bool {
    switch error {
    case is CocoaError: return false
    case let error as SQLiteError:
      return [.constraint, .misuse, .wrongQuery, .tooLarge].contains(error.kind)
    case TrackerError.trialLost, TrackerError.leaseLost: return false
    default: return runner.isOfTheTrial(error)
    }
  }
}
