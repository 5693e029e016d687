/// A trial that has been judged, which samplers learn from.
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
/// What it proposes must be a function of the sweep, the trial's number and the trials it was shown.
public protocol TrialProposer: AnyObject {
  /// How many trials there are to propose; nil: without end.
  var trialCount: Int? { get }
  /// How many judged trials it has been shown so far; nil if it does not look at any.
  var observedCount: Int? { get }
  /// Shows it the next judged trial.
  func observe(_ trial: JudgedTrial) throws
  /// The parameters of a trial, an object by name.
  ///
  /// - Parameters:
  ///   - number: The trial's number, from 0.
  ///   - running: The parameters of trials under way.
  /// - Returns: The parameters.
  /// - Throws: If what it was shown is damaged.
  func propose(number: Int, running: [JSONValue]) throws -> JSONValue
}

/// What there is to do for a worker of a sweep.
public enum Claim: Sendable {
  /// A trial, which is this worker's now.
  case trial(ActiveTrial)
  /// Nothing at the moment: what others hold may yet fail.
  case wait
  /// Nothing any more: the budget is spent, or there is nothing left to propose.
  case finished
  /// The user stopped the sweep.
  case stopped
}
