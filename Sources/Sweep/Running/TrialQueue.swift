package import Tracker

/// Where the trials of a sweep wait for workers.
///
/// A queue keeps the record of a sweep: its trials, who holds which, what they report and what came
/// of them. ``FileQueue`` keeps it in the SQLite file. What all queues promise:
///
/// - A trial is held by one worker at a time. Who has lost it writes nothing more of it.
/// - The trials of a number have the same parameters, whoever proposes them.
/// - A trial whose holder is dead waits again, or has failed if too many died on it.
package protocol TrialQueue: AnyObject {
  /// Claims the next trial for this process: a waiting one, or a new one if the budget has room.
  ///
  /// - Parameter proposer: Proposes the parameters of new trials.
  /// - Returns: The trial, or why there is none.
  /// - Throws: What keeps the queue from being read or written, or what the proposer throws.
  func claim(proposer: any TrialProposer) throws -> TrialClaim
}

/// An error of a queue: no trial is at fault, and the worker ends.
package protocol QueueFailure: Error {}

/// The next work for a worker of a sweep.
package enum TrialClaim {
  /// A trial, which this worker now holds.
  case trial(any TrialHold)
  /// Nothing at the moment, but trials of other workers may still fail.
  case wait
  /// Nothing more: the budget is spent, or the proposer has no more trials.
  case finished
  /// The user stopped the sweep.
  case stopped
}

/// This process's hold on a trial, as its queue gave it.
///
/// All methods that throw throw `TrackerError.trialLost` if another worker has taken it over.
package protocol TrialHold: Sendable {
  /// The trial's number in its sweep, from 0.
  var number: Int { get }
  /// Its parameters, an object by name.
  var parameters: JSONValue { get }
  /// Which attempt on it this is, from 1.
  var attempt: Int { get }
  /// Whether another worker has taken over the trial, as far as is known without asking.
  var isLost: Bool { get }
  /// Whether the user has stopped the sweep, as far as is known without asking.
  var isStopped: Bool { get }

  /// Records that the trial uses a run's results.
  func use(run: String, computed: Bool) throws
  /// The runs whose results it uses and which this worker's file has, the oldest first.
  func runs() throws -> [Run]
  /// Records an intermediate value.
  ///
  /// - Returns: The values that other trials have reported at the step.
  func report(_ value: Double, step: Int) throws -> [Double]
  /// Finishes it with the values of its objectives, in their order.
  func finish(_ values: [Double]) throws
  /// Ends it early, as its reports advised.
  func prune() throws
  /// Ends it with an error.
  func fail(_ error: String) throws
  /// Gives it back, so that any worker can resume it.
  func release() throws
  /// Ends the attempt as one whose work was killed.
  func lose(_ reason: String) throws
}
