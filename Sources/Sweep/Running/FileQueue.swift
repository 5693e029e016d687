package import Tracker

/// The queue in the SQLite file itself, which the workers of one host share.
package final class FileQueue: TrialQueue {
  private let sweep: Sweep
  private let tracker: Tracker
  private let isClosed: Bool

  /// Takes the trials of a recorded sweep.
  ///
  /// - Parameters:
  ///   - sweep: The sweep.
  ///   - tracker: Where it is recorded.
  ///   - isClosed: Whether the file is a shard: it has all of its trials, and none is proposed.
  package init(_ sweep: Sweep, in tracker: Tracker, isClosed: Bool = false) {
    self.sweep = sweep
    self.tracker = tracker
    self.isClosed = isClosed
  }

  package func claim(proposer: any TrialProposer) throws -> TrialClaim {
    let proposer = isClosed ? NoProposals() : proposer
    return switch try tracker.claimTrial(of: sweep, proposer: proposer) {
    case .trial(let active): .trial(active)
    case .wait: .wait
    case .finished: .finished
    case .stopped: .stopped
    }
  }
}

extension ActiveTrial: TrialHold {}

/// Has no trials to propose.
private final class NoProposals: TrialProposer {
  var trialCount: Int? { 0 }
  var observedCount: Int? { nil }
  func observe(_ trial: JudgedTrial) {}
  func propose(number: Int, running: [JSONValue]) -> JSONValue { .object([:]) }
}
