/// An error in a configuration or a sweep file.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kinds of problem, by what a user can do about them.
  public enum Kind: Sendable {
    /// A setting is missing or impossible.
    case impossible
    /// There is no setting of that name.
    case unknownSetting
    /// Trials have no metric of that name.
    case unknownMetric
    /// There is no such setting or metric, in a sweep file that doesn't say what its trials do.
    case unsaidTrials
    /// The file could not be read at all.
    case unreadable
  }

  /// What kind of problem it is.
  public let kind: Kind
  /// The setting, by its path, such as "training.epochs"; empty if it is the file as a whole.
  public let setting: String
  /// What is wrong and what is allowed.
  public let problem: String
  /// The file and line, such as "study.yaml:12"; nil if it comes from no file.
  public let location: String?

  /// Describes a problem.
  public init(
    _ kind: Kind = .impossible, setting: String, problem: String, location: String? = nil
  ) {
    self.kind = kind
    self.setting = setting
    self.problem = problem
    self.location = location
  }

  /// The same problem with a location, unless it has one.
  package func located(at location: String) -> ConfigurationError {
    ConfigurationError(
      kind, setting: setting, problem: problem, location: self.location ?? location)
  }

  /// The place, the setting and the problem, in one line.
  public var description: String {
    [location.map { $0 + ":" }, setting.isEmpty ? nil : setting, problem]
      .compactMap { $0 }.joined(separator: " ")
  }
}
