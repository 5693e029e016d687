/// Why a report cannot be made.
public enum ReportError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The study's runs read different data.
  case mixedData(study: String, digests: [String], isModel: Bool)
  /// There is one seed only.
  case oneSeed(study: String)
  /// Nothing of a model was measured and given thresholds.
  case noSets(model: String)
  /// A table over seeds was requested for a model, which has one seed.
  case seedsOfModel(String)
  /// None of a model's sets has a held-out half.
  case noHeldoutHalf(model: String)
  /// A table is about measure and votes together, and a model's sets have thresholds of measures alone.
  case noVotes(String, model: String)
  /// A table has no numbers, such as a detector's where thresholds were given and not chosen.
  case noRows(String, of: String)
  /// There is neither a study nor a model with thresholds.
  case nothingToReport
  /// A run of another kind was named.
  case wrongKind(run: String, kind: String, needed: String)
  /// A study or a model was deleted, and can be restored.
  case deleted(String, run: String)
  /// A trial has no finished study: it failed, was pruned, or runs still.
  case noStudyOfTrial(Int, sweep: String)
  /// A caption or a label was given for several tables.
  case severalTables(Int)
  /// There is no finished study of a name.
  case noStudy(named: String)
  /// What was judged has no measure and no detector of a name.
  case unknownMeasure(String, known: [String])
  /// There is no finished evaluation.
  case noEvaluation
  /// Different numbers would have the same macro.
  case sameMacro(String, first: String, second: String)

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .mixedData(let study, let digests, let isModel):
      (isModel
        ? "the sets of model \(study.prefix(8)) are of different data"
        : "study \(study.prefix(8)) joins runs on different data")
        + ", so its numbers belong to no one data set "
        + "(SHA-256 \(digests.map { $0.prefix(12) }.joined(separator: ", ")))"
    case .oneSeed(let study):
      "the configuration of study \(study.prefix(8)) has one seed only"
    case .noSets(let model):
      "model \(model.prefix(8)) has no adversarial set with thresholds"
    case .seedsOfModel(let model): "model \(model.prefix(8)) has one seed"
    case .noHeldoutHalf(let model):
      "no set of model \(model.prefix(8)) has a held-out half to choose thresholds on"
    case .noVotes(let part, let model):
      "\(part) is about measure and votes together, and the thresholds of model \(model.prefix(8)) "
        + "go without votes"
    case .noRows(let part, let study):
      "there are no numbers for \(part) of \(study.prefix(8))"
    case .nothingToReport:
      "the database has no finished study but those of trials, and no model with thresholds"
    case .wrongKind(let run, let kind, let needed):
      "run \(run.prefix(8)) is of kind \(kind), where \(needed) is needed"
    case .deleted(let name, let run): "\(name) \(run.prefix(8)) is deleted"
    case .noStudyOfTrial(let number, let sweep):
      "trial \(number) of sweep '\(sweep)' has no finished study"
    case .severalTables(let count):
      "a caption or label belongs to one table, but there are \(count)"
    case .noStudy(let name): "the database has no finished study \(name)"
    case .unknownMeasure(let name, let known):
      "no measure or detector '\(name)' was judged; there are: \(known.joined(separator: ", "))"
    case .noEvaluation: "the database has no finished evaluation"
    case .sameMacro(let name, let first, let second):
      "two numbers would have the macro \\\(name): that of '\(first)' and that of '\(second)'"
    }
  }
}
