internal import Foundation
package import Search
package import Sweep
package import Tracker
package import Yams

/// Trials that are studies, or the trainings of studies, with some settings changed.
///
/// Definition: {"configuration"}, all settings, of which trials change some.
package struct StudyTrials: TrialKind {
  package static let fileFields = ["configuration", "keep"]
  package static let definitionFields = ["configuration"]

  /// All settings, of which trials change some.
  let base: StudyConfiguration
  private let baseTree: JSONValue

  package static func definition(
    of fields: [String: Node], reader: inout SweepReader
  ) throws(ConfigurationError) -> [String: JSONValue] {
    let node = fields["configuration"]
    let shared: StudyConfiguration
    if let path = node?.string, node?.scalar != nil {
      let url = URL(fileURLWithPath: path, relativeTo: reader.directory)
      shared = try ConfigurationFile.read(url.path)
    } else {
      shared = try ConfigurationFile.parse(node, name: reader.name)
    }
    // Written out, the definition is the same in every version.
    return ["configuration": try shared.completedByCatalogue.tree]
  }

  package init(definition: JSONValue) throws(ConfigurationError) {
    base = try StudyConfiguration(tree: definition["configuration"] ?? .object([:]))
    try base.checkAttacksOfStudy()
    baseTree = try base.tree
  }

  package var metrics: [String]? { TrainingStage.epochMetrics }
  package var numbers: [String] { [] }

  package func usualGoal(of metric: String) -> SweepObjective.Goal? {
    metric == "train_loss" ? .minimise : .maximise
  }

  package func usualPruningMetric(of goals: [SweepGoal]) -> String? { "test_accuracy" }

  package func check(_ space: SearchSpace) {}

  package func check(_ parameters: SearchPoint) throws(ConfigurationError) {
    _ = try configuration(for: parameters)
  }

  /// The configuration of a trial.
  ///
  /// - Parameter parameters: The trial's parameters, by the paths of settings.
  /// - Returns: What trials share with these settings in their places; validated.
  /// - Throws: ``ConfigurationError`` if there is no such setting, or the value is impossible.
  package func configuration(
    for parameters: SearchPoint
  ) throws(ConfigurationError) -> StudyConfiguration {
    var tree = baseTree
    for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
      let path = name.split(separator: ".").map(String.init)
      guard tree.replace(path[...], by: value.json) else {
        throw ConfigurationError(.unknownSetting, setting: name, problem: "is no setting")
      }
    }
    return try StudyConfiguration(tree: tree)
  }
}

extension SweepDefinition {
  /// The studies that its trials are; nil if they are something else.
  package var studies: StudyTrials? { kind as? StudyTrials }
}

extension JSONValue {
  /// Replaces the value at a path; false if there is none, or it is an object.
  fileprivate mutating func replace(_ path: ArraySlice<String>, by value: JSONValue) -> Bool {
    guard let name = path.first, case .object(var members) = self, var member = members[name]
    else { return false }
    if path.count == 1 {
      if case .object = member { return false }
      member = value
    } else {
      guard member.replace(path.dropFirst(), by: value) else { return false }
    }
    members[name] = member
    self = .object(members)
    return true
  }
}
