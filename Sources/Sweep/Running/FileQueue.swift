package import Tracker

/// The queue in the SQLite file itself, which the workers of one host share.
package final class FileQueue: TrialQueue {
  private let sweep: Sweep
  private let tracker: Tracker

  /// Takes the trials of a recorded sweep.
  package init(_ sweep: Sweep, in tracker: Tracker) {
    self.sweep = sweep
    self.tracker = tracker
  }

  package func claim(proposer: any TrialProposer) throws -> TrialClaim {
    switch try tracker.claimTrial(of: sweep, proposer: proposer) {
    case .trial(let active): .trial(active)
    case .wait: .wait
    case .finished: .finished
    case .stopped: .stopped
    }
  }
}

extension ActiveTrial: TrialHold {}
