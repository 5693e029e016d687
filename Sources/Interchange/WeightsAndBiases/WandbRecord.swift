/// A value of a key, as the transaction log of Weights & Biases has it.
public struct WandbItem: Sendable, Equatable {
  /// The key, or the keys of nested dictionaries from the outside to the inside.
  public let path: [String]
  /// The value in JSON, where NaN, Infinity and -Infinity stand for themselves.
  public let json: String
}

/// What the log says of the run.
public struct WandbRun: Sendable, Equatable {
  /// The run's id, which names it in its project.
  public var id = ""
  /// The project.
  public var project = ""
  /// The user or team that it belongs to; empty where nobody was asked.
  public var entity = ""
  /// The group.
  public var group = ""
  /// The kind of job, such as "train".
  public var jobType = ""
  /// The run's name.
  public var name = ""
  /// The note on it.
  public var note = ""
  /// The user's words for it.
  public var tags: [String] = []
  /// The computer.
  public var host = ""
  /// When it began, in seconds since 1970; 0 if the log doesn't say.
  public var started = 0.0
  /// Its configuration so far.
  public var configuration: [WandbItem] = []
  /// The commit of its code; empty if it had none.
  public var commit = ""

  /// Describes a run of which nothing is known.
  public init() {}
}

/// What the log says of where the run was made.
public struct WandbEnvironment: Sendable, Equatable {
  /// The operating system.
  public var operatingSystem = ""
  /// The program.
  public var program = ""
  /// Its arguments.
  public var arguments: [String] = []
  /// The computer.
  public var host = ""
  /// The processor.
  public var processor = ""
  /// The commit of the code.
  public var commit = ""

  /// Describes an environment of which nothing is known.
  public init() {}
}

/// A record of a transaction log of Weights & Biases, as far as it is read.
public enum WandbRecord: Sendable, Equatable {
  /// The version of the program that wrote the log.
  case header(version: String)
  /// The run.
  case run(WandbRun)
  /// Where it was made; what is empty may follow in another record.
  case environment(WandbEnvironment)
  /// Values that were logged together, and their step if it stands apart.
  case history([WandbItem], step: Int64?)
  /// Changes of the summary: new values, and the keys of those that are gone.
  case summary(update: [WandbItem], remove: [[String]])
  /// Changes of the configuration: new values, and the keys of those that are gone.
  case configuration(update: [WandbItem], remove: [[String]])
  /// The end of the run.
  case exit(code: Int64, seconds: Int64)
  /// Something else, by its number in wandb_internal.proto.
  case other(kind: Int)
}
