package import SQLite

/// Does the trials of sweeps of one kind.
package protocol TrialRunner: AnyObject {
  /// Does a trial's work, or goes on with it where an earlier attempt stopped.
  ///
  /// - Returns: How it ended. A runner that is told to stop by ``SweepTrial/isCancelled`` leaves its
  ///   work such that another attempt goes on with it.
  /// - Throws: Any error: one that ``isOfTheTrial(_:)`` says is the trial's own is recorded with it,
  ///   any other ends the worker.
  func run(_ trial: SweepTrial) throws -> TrialEnd

  /// Whether an error is a trial's own, so that the sweep goes on; asked for errors that are none of
  /// the database's.
  func isOfTheTrial(_ error: any Error) -> Bool

  /// Called when the state of a trial is recorded.
  ///
  /// - Throws: What ends the worker.
  func trialEnded() throws
}

/// How a trial's work ended.
package enum TrialEnd: Sendable {
  /// All of it is done; these results give the objectives' numbers.
  case finished(TrialResults)
  /// It was given up early, as ``SweepTrial/report(step:metrics:)`` said.
  case pruned
  /// It was told to stop before its end.
  case interrupted
  /// Somebody else ended it, such as a system short of memory; it is tried again, but not for ever.
  case lost(String)
}

/// What objectives take their numbers from.
package struct TrialResults: Sendable {
  /// The UUID of the run whose metrics count; nil if there is none.
  package let run: String?
  /// Numbers that objectives name like metrics.
  package let numbers: [String: Double]
  /// The values of queries' parameters.
  package let values: [String: SQLValue]

  /// Describes a trial's results.
  package init(
    run: String?, numbers: [String: Double] = [:], values: [String: SQLValue] = [:]
  ) {
    self.run = run
    self.numbers = numbers
    self.values = values
  }
}
