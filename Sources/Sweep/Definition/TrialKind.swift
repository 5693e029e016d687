package import Search
package import Tracker
package import Yams

/// What the trials of a sweep do, as its definition says: an entry in the list of kinds.
///
/// A kind has fields of sweep files of its own, and knows which trials, metrics and queries are
/// possible. A ``TrialRunner`` does its trials.
package protocol TrialKind: Sendable {
  /// The fields that a sweep file may have for this kind; the first one tells its sweeps.
  static var fileFields: [String] { get }
  /// The members of a definition that are of this kind; the first one tells its sweeps.
  static var definitionFields: [String] { get }

  /// Reads the kind's fields of a sweep file.
  ///
  /// - Parameters:
  ///   - fields: All fields of the file.
  ///   - reader: The file's reader, which notes lines.
  /// - Returns: The members of the definition, complete, so that the sweep resumes without its file.
  /// - Throws: ``ConfigurationError``.
  static func definition(
    of fields: [String: Node], reader: inout SweepReader
  ) throws(ConfigurationError) -> [String: JSONValue]

  /// Reads the kind's members of a definition.
  ///
  /// - Throws: ``ConfigurationError``.
  init(definition: JSONValue) throws(ConfigurationError)

  /// The metrics that trials record; nil where they may have any name.
  var metrics: [String]? { get }
  /// Numbers of a trial that objectives can name like metrics, such as an exit code.
  var numbers: [String] { get }

  /// The direction of improvement of a metric for which nothing is said; nil if it must be said.
  func usualGoal(of metric: String) -> SweepObjective.Goal?
  /// The metric that pruners judge by if nothing is said.
  func usualPruningMetric(of goals: [SweepGoal]) -> String?

  /// Checks the parameters that trials vary.
  ///
  /// - Throws: ``ConfigurationError``.
  func check(_ space: SearchSpace) throws(ConfigurationError)
  /// Checks that a trial with these parameters is possible.
  ///
  /// - Throws: ``ConfigurationError`` naming the parameter or setting that is not.
  func check(_ parameters: SearchPoint) throws(ConfigurationError)
}

/// The trials of a sweep that another program asks for and judges: any parameters, any metrics.
package struct AskedTrials: TrialKind {
  package static let fileFields: [String] = []
  package static let definitionFields: [String] = []

  package static func definition(
    of fields: [String: Node], reader: inout SweepReader
  ) -> [String: JSONValue] { [:] }

  package init(definition: JSONValue) {}

  package var metrics: [String]? { nil }
  package var numbers: [String] { [] }

  package func usualGoal(of metric: String) -> SweepObjective.Goal? { nil }
  package func usualPruningMetric(of goals: [SweepGoal]) -> String? { goals.firstMetric }
  package func check(_ space: SearchSpace) {}
  package func check(_ parameters: SearchPoint) {}
}
