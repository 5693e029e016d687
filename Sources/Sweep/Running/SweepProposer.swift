internal import Search
internal import Tracker

/// Proposes a sweep's trials from its sampler and the trials that were judged.
final class SweepProposer: TrialProposer {
  private let definition: SweepDefinition
  private let sampler: any Sampler
  private let objectives: [SweepObjective]
  private var history = SearchHistory()

  init(_ plan: SweepPlan) throws {
    definition = plan.definition
    sampler = try definition.sampler.make(
      space: definition.space, seed: plan.description.seed)
    objectives = plan.description.objectives
  }

  var trialCount: Int? { sampler.trialCount }

  var observedCount: Int? { sampler.usesHistory ? history.observations.count : nil }

  func observe(_ trial: JudgedTrial) throws {
    let losses = zip(objectives, trial.values).map { $0.loss(of: $1) }
    history.observations.append(
      SearchHistory.Observation(point: try definition.point(trial.parameters), losses: losses))
  }

  func propose(number: Int, running: [JSONValue]) throws -> JSONValue {
    history.running = try running.map(definition.point)
    return JSONValue(sampler.propose(number, history: history))
  }
}
