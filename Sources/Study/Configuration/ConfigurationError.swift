/// Why a configuration is impossible.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of problem it is, as far as a user can do something about it.
  public enum Kind: Sendable {
    /// A setting is missing or impossible.
    case impossible
    /// There is no setting of that name.
    case unknownSetting
    /// The file could not be read at all.
    case unreadable
  }

  /// What kind of problem it is.
  public let kind: Kind
  /// The setting, by its path, such as "training.epochs"; empty if it is the file as a whole.
  public let setting: String
  /// What is wrong with it and what would be right.
  public let problem: String
  /// Where it stands, such as "study.yaml:12"; nil if it is no file's.
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

  /// The same problem where it stands, unless that is known.
  func located(at location: String) -> ConfigurationError {
    ConfigurationError(
      kind, setting: setting, problem: problem, location: self.location ?? location)
  }

  /// The place, the setting and the problem, in one line.
  public var description: String {
    [location.map { $0 + ":" }, setting.isEmpty ? nil : setting, problem]
      .compactMap { $0 }.joined(separator: " ")
  }
}
