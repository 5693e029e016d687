internal import Classifier
internal import Tracker

/// A study beside the first one, made of stages.
protocol CataloguedStudy: Sendable {
  static var name: String { get }
  static var title: String { get }
  static var summary: String { get }

  /// Takes what the study varies from a configuration.
  init(_ configuration: StudyConfiguration) throws

  /// The study's own settings, which are recorded with its run.
  var settings: JSONValue { get throws }
  /// The number of stages with this many attacks, the joining run left out.
  func stageCount(attacks: Int) -> Int
  /// Runs the stages.
  ///
  /// - Returns: The runs that the study's results lie in, by their role.
  func perform(_ stages: StudyStages) throws -> [String: Run]
}

extension CataloguedStudy {
  /// Runs or resumes the study.
  func run(
    _ configuration: StudyConfiguration, in context: StudyContext, name: String?
  ) throws -> Run {
    let data = try StudyData(of: configuration, in: context)
    try Reproduction(configuration).check(data)
    let configuration = try configuration.completed(for: data.test.shape)
    let stages = StudyStages(configuration: configuration, data: data, context: context)
    context.progress.plan(stages: 1 + stageCount(attacks: stages.attackKinds.count))
    let joining = StudyJoining(
      study: Self.name, settings: try settings, studyConfiguration: configuration, data: data,
      parents: try perform(stages))
    return try joining.perform(in: context.named(name))
  }
}

/// Joins the results of a study of the catalogue: a run of its own, whose lineage leads to all of
/// them by their role.
private struct StudyJoining: Stage {
  static let kind = "study"
  var title: String { "study \(study)" }

  let study: String
  let settings: JSONValue
  let studyConfiguration: StudyConfiguration
  let data: StudyData
  let parents: [String: Run]

  var seed: Int64? { studyConfiguration.seed }

  var configuration: JSONValue {
    get throws {
      var members = try JSONValue(encoding: studyConfiguration)
      members["dataset_sha256"] = .string(data.digest)
      members["study"] = .string(study)
      members["settings"] = settings
      return members
    }
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    try run.finish { _ in }
  }
}
