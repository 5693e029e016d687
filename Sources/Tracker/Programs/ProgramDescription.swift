internal import SQLite

/// Describes a run of a command before it starts.
public struct ProgramDescription: Sendable {
  /// The kind of all runs of commands.
  public static let kind = "program"

  /// The command's words.
  public var command: [String]
  /// The name that the user gave it; nil: it has none.
  public var name: String?
  /// The parameters that it starts with, an object by name.
  public var parameters: JSONValue
  /// The directory in which the command runs.
  public var workingDirectory: String
  /// The variables that are recorded.
  public var environment: [String: String]
  /// The commit of the working directory; nil: it is no repository.
  public var commit: String?
  /// The branch; nil: it is no repository, or on none.
  public var branch: String?
  /// Where the repository came from; nil: it does not say.
  public var remote: String?

  /// Describes a command.
  public init(
    command: [String], name: String? = nil, parameters: JSONValue = .object([:]),
    workingDirectory: String, environment: [String: String] = [:], commit: String? = nil,
    branch: String? = nil, remote: String? = nil
  ) {
    self.command = command
    self.name = name
    self.parameters = parameters
    self.workingDirectory = workingDirectory
    self.environment = environment
    self.commit = commit
    self.branch = branch
    self.remote = remote
  }

  /// What a run of the same command with the same start parameters has in common with it.
  var configuration: JSONValue {
    var configuration: [String: JSONValue] = ["parameters": parameters]
    if !command.isEmpty { configuration["command"] = .array(command.map { .string($0) }) }
    return .object(configuration)
  }
}

/// A process's part in a run of a command, as recorded.
public struct ProgramExecution: Sendable {
  /// The run.
  public let run: Run
  /// The number of the execution, from 1.
  public let number: Int
  /// Where its events and files are.
  public let directory: String
  /// The working directory of the command.
  public let workingDirectory: String
  /// Whether the process that supervises the command lives, as far as can be told.
  public let isSupervised: Bool
  /// The command's process as long as it lives; nil: it has ended, was never started, or is not to
  /// be seen from here.
  public let livingChild: Int32?
  /// Whether the command's process was recorded.
  public let isChildRecorded: Bool
  let token: String
}
