internal import Search
internal import SQLite
internal import Synchronization
internal import Tracker

/// The work of one trial: the stages that its objectives need, then the objectives' numbers.
struct TrialWork {
  let definition: SweepDefinition
  let sweep: Sweep
  let trial: ActiveTrial
  let context: StudyContext

  /// The objectives' values.
  ///
  /// - Throws: ``StudyError/pruned``, ``StudyError/interrupted``, and the errors of stages.
  func perform(loading data: (String) throws -> StudyData) throws -> [Double] {
    let configuration = try definition.configuration(for: trial.parameters)
    let data = try data(configuration.dataset)
    let stages = StudyStages(configuration: configuration, data: data, context: context)
    let model = try stages.train()
    var study: Run?
    if !definition.needsTrainingOnly {
      study = try Reproduction(configuration).run(on: data, in: context)
    }
    return try definition.goals.map { try value(of: $0, model: model, study: study) }
  }

  private func value(of goal: SweepGoal, model: Run, study: Run?) throws -> Double {
    switch goal.source {
    case .metric(let name):
      let values = try context.tracker.read { connection in
        try connection.rows(
          "SELECT value FROM metrics WHERE run = ? AND name = ? ORDER BY step DESC LIMIT 1",
          [.text(model.uuid), .text(name)]
        ) { $0.value(0).real ?? .nan }
      }
      guard let value = values.first else {
        throw SweepError.noNumber(objective: goal.objective.name, problem: "was never recorded")
      }
      return value
    case .query(let sql, var values, let column):
      let declared = try context.tracker.read { try $0.describe(sql) }.parameters
      let given: [String: SQLValue] = [
        "study": study.map { .text($0.uuid) } ?? .null, "model": .text(model.uuid),
        "sweep": .text(sweep.name), "trial": .integer(Int64(trial.number)),
      ]
      values.merge(given.filter { declared.contains($0.key) }) { own, _ in own }
      let (columns, rows) = try context.tracker.read { try $0.query(sql, values) }
      let index = column.flatMap(columns.firstIndex) ?? 0
      guard rows.count == 1 else {
        throw SweepError.noNumber(
          objective: goal.objective.name, problem: "gave \(rows.count) rows instead of one")
      }
      guard let number = rows[0][index].real else {
        throw SweepError.noNumber(objective: goal.objective.name, problem: "gave no number")
      }
      return number
    }
  }
}

/// Records what a trial uses and reports, and gives it up when its pruner says so.
struct TrialRecorder: TrialFollower {
  let trial: ActiveTrial
  let pruner: SweepPruner?

  func uses(_ run: String, computed: Bool) throws {
    try trial.use(run: run, computed: computed)
  }

  func epochEnded(_ epoch: Int, metrics: [String: Double]) throws {
    guard let pruner, let value = metrics[pruner.metric], pruner.pruner.judges(step: epoch) else {
      return
    }
    let others = try trial.report(value, step: epoch)
    if pruner.givesUp(value, others: others) { throw StudyError.pruned }
  }
}
