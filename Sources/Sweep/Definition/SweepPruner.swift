internal import Search
internal import Tracker

/// How a sweep gives trials up early, by a metric that trials record at their steps.
package struct SweepPruner: Sendable, Equatable {
  let pruner: Pruner
  /// The metric's name, such as "test_accuracy".
  let metric: String
  let goal: SweepObjective.Goal

  /// Reads {"name", "warmup", "startup" | "minimum", "eta", "metric", "goal"}.
  init(
    _ json: JSONValue, of kind: any TrialKind, goals: [SweepGoal]
  ) throws(ConfigurationError) {
    let common = ["name", "metric", "goal"]
    let name = json["name"]?.string ?? ""
    switch name {
    case "median":
      let fields = try SweepFields(
        json, setting: "pruner", known: common + ["warmup", "startup"])
      pruner = .median(
        warmup: try fields.integer("warmup", default: 1),
        startup: try fields.count("startup", default: 5))
    case "successive_halving":
      let fields = try SweepFields(json, setting: "pruner", known: common + ["minimum", "eta"])
      let eta = try fields.count("eta", default: 3)
      guard eta > 1 else {
        throw ConfigurationError(setting: "pruner.eta", problem: "must be at least 2")
      }
      pruner = .successiveHalving(minimum: try fields.count("minimum", default: 1), eta: eta)
    default:
      throw ConfigurationError(
        setting: "pruner", problem: "is '\(name)'; there are median and successive_halving")
    }
    let fields = try SweepFields(
      json, setting: "pruner", known: common + ["warmup", "startup", "minimum", "eta"])
    let usual = kind.usualPruningMetric(of: goals)
    guard let metric = fields["metric"] == nil ? usual : try fields.text("metric") else {
      throw ConfigurationError(
        setting: "pruner", problem: "needs the metric that it judges by: metric: NAME")
    }
    if let known = kind.metrics, !known.contains(metric) {
      throw ConfigurationError(
        .unknownMetric, setting: "pruner.metric",
        problem: "is '\(metric)'; its trials record " + known.joined(separator: ", "))
    }
    self.metric = metric
    let objective = goals.first { $0.metric == metric }?.objective.goal
    guard fields["goal"] != nil || (kind.usualGoal(of: metric) ?? objective) != nil else {
      throw ConfigurationError(
        setting: "pruner", problem: "needs the direction of \(metric): goal: maximise or minimise")
    }
    goal = try fields.choice(
      "goal", default: kind.usualGoal(of: metric) ?? objective ?? .maximise)
  }

  /// Whether a trial is given up.
  ///
  /// - Parameters:
  ///   - value: What it reports at a step.
  ///   - others: What others have reported at this step.
  /// - Returns: Whether it is.
  func givesUp(_ value: Double, others: [Double]) -> Bool {
    let objective = SweepObjective(metric, goal)
    return pruner.givesUp(
      loss: objective.loss(of: value), others: others.map(objective.loss))
  }
}
