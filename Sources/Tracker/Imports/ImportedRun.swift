/// A run that another tool recorded, as it is taken over.
public struct ImportedRun: Sendable {
  /// How the run ended, as far as the tool knows.
  public enum End: Sendable, Equatable {
    /// By itself.
    case finished
    /// By an error, in one line.
    case failed(String)
    /// It was stopped, or it runs still. Importing it again goes on with it.
    case interrupted
  }

  /// On what the run was made.
  public struct Origin: Sendable, Equatable {
    /// The computer's name; empty if the tool doesn't say.
    public var host = ""
    /// The commit of the code.
    public var gitCommit: String?
    /// Whether files differed from that commit; nil if the tool doesn't say.
    public var isGitDirty: Bool?
    /// The command's words; empty if the tool doesn't say.
    public var commandLine: [String] = []
    /// The operating system; empty if the tool doesn't say.
    public var operatingSystem = ""
    /// The processor; empty if the tool doesn't say.
    public var processor = ""
    /// The tool with its version, such as "wandb 0.31.0".
    public var tool: String

    /// Describes an origin of which the tool alone is known.
    public init(tool: String) {
      self.tool = tool
    }
  }

  /// The tool, such as "mlflow".
  public let tool: String
  /// What names the run among all of the tool's, wherever they are kept.
  public let sourceID: String
  /// The kind of the run, such as "external".
  public let kind: String
  /// The run's name there.
  public var name: String?
  /// What it was put together with others under, such as an experiment.
  public var group: String?
  /// How it ended.
  public var end = End.interrupted
  /// When it began, in milliseconds since 1970; nil if the tool doesn't say.
  public var startedMilliseconds: Int64?
  /// When it ended, in milliseconds since 1970; nil if it runs or the tool doesn't say.
  public var endedMilliseconds: Int64?
  /// What the user gave it, by name.
  public var parameters: [String: JSONValue] = [:]
  /// The user's words for it.
  public var tags: [String] = []
  /// What people or the tool say of it.
  public var notes: [String] = []
  /// The source's id of the run that began this one.
  public var parent: String?
  /// Whether the user has deleted it there.
  public var isDeleted = false
  /// On what it was made.
  public var origin: Origin
  /// Its place in a sweep.
  public var trial: ImportedTrial?

  /// Names a run.
  public init(tool: String, sourceID: String, kind: String, origin: Origin) {
    self.tool = tool
    self.sourceID = sourceID
    self.kind = kind
    self.origin = origin
  }

  /// The parameters that have two values, such as "a.b" beside an "a" with a member "b"; the first of
  /// them is recorded.
  public var ambiguousParameters: [String] {
    var known: Set<String> = []
    return ImportedEnd.parameters(of: self).map(\.name).filter { !known.insert($0).inserted }
  }
}

/// The place of an imported run in a sweep.
public struct ImportedTrial: Sendable {
  /// How the trial ended.
  public enum End: Sendable, Equatable {
    /// With the values of the sweep's objectives, in order.
    case finished([Double])
    /// Early, since it promised little.
    case pruned
    /// By an error, in one line.
    case failed(String)
  }

  /// The sweep, by its source's id.
  public var sweep: String
  /// Its number in the sweep.
  public var number: Int
  /// How it ended.
  public var end: End
  /// How many trials had been judged when it was proposed.
  public var proposedAfter: Int
  /// What it reported on its way.
  public var reports: [(step: Int64, value: Double)] = []

  /// Describes a trial without reports.
  public init(sweep: String, number: Int, end: End, proposedAfter: Int) {
    self.sweep = sweep
    self.number = number
    self.end = end
    self.proposedAfter = proposedAfter
  }
}

/// A sweep that another tool made.
public struct ImportedSweep: Sendable {
  /// The tool, such as "optuna".
  public let tool: String
  /// What names the sweep among all of the tool's.
  public let sourceID: String
  /// Its name there; it gets a number behind it if the file has another sweep of that name.
  public var name: String
  /// Its objectives, the most important first.
  public var objectives: [SweepObjective]
  /// Its parameters with their ranges, as the JSON of a sweep's definition has them.
  public var space: [JSONValue]
  /// When it began, in milliseconds since 1970.
  public var createdMilliseconds: Int64

  /// Describes a sweep.
  public init(
    tool: String, sourceID: String, name: String, objectives: [SweepObjective],
    space: [JSONValue], createdMilliseconds: Int64
  ) {
    self.tool = tool
    self.sourceID = sourceID
    self.name = name
    self.objectives = objectives
    self.space = space
    self.createdMilliseconds = createdMilliseconds
  }
}

/// What became of a run that was to be imported.
public enum ImportOutcome: Sendable, Equatable {
  /// It is new here.
  case new
  /// It was here unfinished, and has changed since.
  case continued
  /// It was here, and is as it was.
  case unchanged
  /// It was here finished, and differs now; it stays as it was.
  case differing
}
