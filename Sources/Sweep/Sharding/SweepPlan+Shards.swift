internal import Search
package import Tracker

extension SweepPlan {
  /// Makes sure that its trials can be done apart from each other.
  ///
  /// - Parameter isPlanned: Whether somebody else has proposed the trials.
  /// - Throws: ``ShardError/needsHistory(sweep:sampler:)`` or ``ShardError/needsReports(sweep:)``.
  package func checkShards(isPlanned: Bool) throws(ShardError) {
    if definition.pruner != nil { throw ShardError.needsReports(sweep: description.name) }
    guard usesHistory, !isPlanned else { return }
    throw ShardError.needsHistory(sweep: description.name, sampler: definition.sampler.name)
  }

  /// Whether the proposal of a trial depends on those that were judged before.
  package var usesHistory: Bool {
    if case .tpe = definition.sampler { return true }
    return false
  }

  /// What proposes a sweep's trials.
  ///
  /// - Throws: ``ConfigurationError``.
  package func proposer() throws -> any TrialProposer { try SweepProposer(self) }

  /// The trials that one shard does of a sweep whose sampler needs no history: those of the budget.
  ///
  /// - Throws: ``ConfigurationError``.
  package func trials(of shard: ShardNumber) throws -> [ProposedTrial] {
    let proposer = try SweepProposer(self)
    let count = min(
      description.budget.trials, description.budget.trialLimit, proposer.trialCount ?? .max)
    guard !shard.isFirst else {
      return [
        ProposedTrial(number: 0, parameters: try proposer.propose(number: 0, running: []))
      ]
    }
    return try stride(from: shard.index - 1, to: count, by: shard.count).map { number in
      ProposedTrial(
        number: number, parameters: try proposer.propose(number: number, running: []))
    }
  }
}
