/// A finished or pruned trial, from which samplers learn.
public struct JudgedTrial: Sendable, Equatable {
  /// Its parameters.
  public let parameters: JSONValue
  /// Its objectives' values in order; empty if it was pruned.
  public let values: [Double]

  /// Describes a trial.
  public init(parameters: JSONValue, values: [Double]) {
    self.parameters = parameters
    self.values = values
  }
}

/// Proposes the parameters of a sweep's trials.
///
/// A proposal must be a function of the sweep, the trial's number and the observed trials only, so
/// that a resumed sweep proposes the same.
public protocol TrialProposer: AnyObject {
  /// The number of trials to propose; nil if unlimited.
  var trialCount: Int? { get }
  /// The number of judged trials that it has observed; nil if it needs none.
  var observedCount: Int? { get }
  /// Observes the next judged trial.
  func observe(_ trial: JudgedTrial) throws
  /// Proposes the parameters of a trial, an object by name.
  ///
  /// - Parameters:
  ///   - number: The trial's number, from 0.
  ///   - running: The parameters of the running trials, which have no values yet.
  /// - Returns: The parameters.
  /// - Throws: An error if an observed trial is damaged.
  func propose(number: Int, running: [JSONValue]) throws -> JSONValue
}

/// The next work for a worker of a sweep.
public enum Claim: Sendable {
  /// A trial, which this worker now holds.
  case trial(ActiveTrial)
  /// Nothing at the moment, but trials of other workers may still fail.
  case wait
  /// Nothing more: the budget is spent, or the proposer has no more trials.
  case finished
  /// The user stopped the sweep.
  case stopped
}
