/// Why a sweep, or one of its trials, cannot go on.
public enum SweepError: Error, Sendable, Equatable, CustomStringConvertible {
  /// An objective's query gave no number.
  case noNumber(objective: String, problem: String)
  /// The sweep in the database was made by another version and cannot be read.
  case unreadable(name: String, problem: String)
  /// No trial of the sweep is finished.
  case noFinishedTrial(sweep: String)
  /// The trials are for another program, which asks for them.
  case notRunnable(name: String)
  /// Workers die as soon as they start.
  case workersDie(signal: Int)

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .noNumber(let objective, let problem): "the objective '\(objective)' \(problem)"
    case .unreadable(let name, let problem):
      "the sweep '\(name)' cannot be read by this version: \(problem)"
    case .noFinishedTrial(let sweep): "no trial of the sweep '\(sweep)' is finished"
    case .notRunnable(let name):
      "the sweep '\(name)' says nothing of what its trials do: another program asks for them"
    case .workersDie(let signal):
      "workers die as soon as they start, by signal \(signal); what they did is recorded"
    }
  }
}
