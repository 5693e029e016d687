internal import Search
internal import Tracker

/// How a sweep gives trials up early, by a metric that training records at each epoch.
struct SweepPruner: Sendable, Equatable {
  let pruner: Pruner
  /// The metric's name, such as "test_accuracy".
  let metric: String
  let goal: SweepObjective.Goal

  /// Reads {"name", "warmup", "startup" | "minimum", "eta", "metric", "goal"}.
  init(_ json: JSONValue) throws(ConfigurationError) {
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
    metric = fields["metric"] == nil ? "test_accuracy" : try fields.text("metric")
    guard TrainingStage.epochMetrics.contains(metric) else {
      throw ConfigurationError(
        setting: "pruner.metric",
        problem: "is '\(metric)'; training records "
          + TrainingStage.epochMetrics.joined(separator: ", "))
    }
    goal = try fields.choice("goal", default: metric == "train_loss" ? .minimise : .maximise)
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
