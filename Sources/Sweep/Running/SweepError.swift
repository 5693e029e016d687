/// Why a sweep, or one of its trials, cannot go on.
public enum SweepError: Error, Sendable, Equatable, CustomStringConvertible {
  /// An objective's query gave no number.
  case noNumber(objective: String, problem: String)
  /// The sweep in the database was made by another version and cannot be read.
  case unreadable(name: String, problem: String)
  /// No trial of the sweep is finished.
  case noFinishedTrial(sweep: String)
  /// Trials are finished, and none of them has a number as the value of the first objective.
  case noNumbers(sweep: String, count: Int, first: Int, objective: String)
  /// All trials that were tried failed; the first of them for a reason.
  case allTrialsFailed(sweep: String, count: Int, first: Int, reason: String)
  /// The trials are for another program, which asks for them.
  case notRunnable(name: String)
  /// The sweep comes from another tool, and there is nothing that does its trials.
  case imported(name: String, tool: String)
  /// The trials are not for another program: this one does them.
  case notAsked(name: String)
  /// A trial was given another number of values than there are objectives.
  case wrongCount(given: Int, objectives: Int)
  /// Workers die as soon as they start.
  case workersDie(signal: Int)

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .noNumber(let objective, let problem): "the objective '\(objective)' \(problem)"
    case .unreadable(let name, let problem):
      "the sweep '\(name)' cannot be read by this version: \(problem)"
    case .noFinishedTrial(let sweep): "no trial of the sweep '\(sweep)' is finished"
    case .noNumbers(let sweep, let count, _, let objective):
      "none of the \(count) finished trials of the sweep '\(sweep)' has a number as its \(objective)"
    case .allTrialsFailed(let sweep, let count, let first, let reason):
      "no trial of the sweep '\(sweep)' is finished, and \(count) failed; trial \(first): \(reason)"
    case .notRunnable(let name):
      "the sweep '\(name)' says nothing of what its trials do: another program asks for them"
    case .imported(let name, let tool):
      "the sweep '\(name)' was imported from \(tool), so there is nothing to run its trials with"
    case .notAsked(let name): "the trials of the sweep '\(name)' are not for another program to do"
    case .wrongCount(let given, let objectives):
      "\(given) values were told, and the sweep has \(objectives) objectives"
    case .workersDie(let signal):
      "workers die as soon as they start, by signal \(signal); what they did is recorded"
    }
  }
}
