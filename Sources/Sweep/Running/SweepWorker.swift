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

  private let taker: TrialTaker
  private let runner: any TrialRunner
  private let isCancelled: @Sendable () -> Bool
  private let note: (String) -> Void

  /// Prepares to work on a sweep.
  ///
  /// - Parameters:
  ///   - queue: Where its trials wait.
  ///   - plan: What it says.
  ///   - runner: Does its trials.
  ///   - tracker: Where their runs are recorded.
  ///   - isCancelled: Returns true to stop; called often.
  ///   - note: Takes notes for the user, in one line.
  /// - Throws: ``ConfigurationError`` if the sweep's objectives cannot be used.
  package init(
    _ queue: any TrialQueue, plan: SweepPlan, runner: any TrialRunner, in tracker: Tracker,
    isCancelled: @escaping @Sendable () -> Bool, note: @escaping (String) -> Void
  ) throws {
    taker = try TrialTaker(queue, plan: plan, in: tracker, isCancelled: isCancelled)
    self.runner = runner
    self.isCancelled = isCancelled
    self.note = note
  }

  /// Does trials until there are none left.
  ///
  /// - Throws: What would hit every trial, such as what data and disk have to say; the trial is given
  ///   back. An error of a trial's own is recorded with it and ends nothing else.
  package func run() throws -> Ending {
    while true {
      if isCancelled() { return .interrupted }
      switch try taker.next() {
      case .trial(let trial): try perform(trial)
      case .wait: Thread.sleep(forTimeInterval: 0.1)
      case .finished: return .finished
      case .stopped: return .stopped
      }
    }
  }

  private func perform(_ held: HeldTrial) throws {
    do {
      try record(held)
      try runner.trialEnded()
    } catch let error as TrackerError {
      switch error {
      case .trialLost, .leaseLost:
        // Another worker goes on with it; nothing that this one still holds may be left behind.
        try? held.release()
        note("\(error)")
      default:
        try? held.release()
        throw error
      }
    } catch {
      try? held.release()
      throw error
    }
  }

  /// Does a trial and records how it ended.
  private func record(_ held: HeldTrial) throws {
    do {
      switch try runner.run(try held.opened()) {
      case .finished(let results): try held.finish(results)
      case .pruned: try held.prune()
      case .interrupted: try held.release()
      case .lost(let reason): try held.lose(reason)
      }
    } catch let error where isOfTheTrial(error) {
      try held.fail("\(error)")
    }
  }

  /// Whether an error is the trial's own, so that the sweep goes on.
  ///
  /// Such are an impossible combination and an objective without a number. What the disk has to say
  /// would hit every trial.
  private func isOfTheTrial(_ error: any Error) -> Bool {
    switch error {
    case is CocoaError, is any QueueFailure: return false
    case let error as SQLiteError:
      return [.constraint, .misuse, .wrongQuery, .tooLarge].contains(error.kind)
    case TrackerError.trialLost, TrackerError.leaseLost: return false
    default: return runner.isOfTheTrial(error)
    }
  }
}
