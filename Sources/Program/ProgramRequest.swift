public import Tracker

/// A command to run, and what is recorded of it.
public struct ProgramRequest: Sendable {
  /// The program and its arguments, at least one word.
  ///
  /// A first word without a slash is looked up in `PATH`.
  public var command: [String]
  /// The directory in which the command runs, an absolute path.
  public var workingDirectory: String
  /// Variables that the command gets beside those of this process; they replace those.
  public var environment: [String: String] = [:]
  /// The run's name; nil: it has none.
  public var name: String?
  /// What the run is put together with others under; nil: nothing.
  public var group: String?
  /// Words that the user gives the run.
  public var tags: [String] = []
  /// The user's note on the run.
  public var note: String?
  /// The parameters that the run starts with, an object by name.
  public var parameters = JSONValue.object([:])
  /// Patterns of files below the working directory, as a shell's, that are kept as artifacts when
  /// the command has ended.
  public var artifactPatterns: [String] = []
  /// The time between SIGTERM and SIGKILL, in seconds.
  public var grace = 10.0
  /// The time after which the command is stopped, in seconds; nil: it may take any time.
  public var timeout: Double?
  /// The number of bytes that are kept of the beginning of each output, and as many of its end.
  public var outputLimit = 1 << 20
  /// What is read as metrics in the output; nil: nothing.
  public var scraping: ScrapePattern?
  /// A directory in which the command writes TensorBoard's event files; nil: it writes none.
  public var tensorBoardDirectory: String?
  /// Whether an earlier run goes on.
  public var resume = ResumePolicy.never
  /// The trial whose run this is; nil: it is no sweep's.
  public var trial: ProgramTrial?
  /// Whether the run begins only if all files of the repository are committed.
  public var requiresClean = false
  /// What becomes of the command's streams.
  public var streams = ProgramStreams.kept

  /// Whether anything is said of the run beside its name.
  var hasLabels: Bool { group != nil || note != nil || !tags.isEmpty }

  /// Describes a command.
  public init(_ command: [String], in workingDirectory: String) {
    self.command = command
    self.workingDirectory = workingDirectory
  }
}

/// Whether a run of a command goes on with an earlier one.
public enum ResumePolicy: Sendable, Equatable {
  /// With the newest interrupted or failed run of the same name, command and start parameters, if
  /// there is one and it has a name.
  case allow
  /// As with `allow`; without such a run it is an error.
  case must
  /// Never: each is a run of its own.
  case never
  /// With the run whose UUID begins with this text.
  case run(String)
}

/// The trial of a sweep that a command works on.
public struct ProgramTrial: Sendable, Equatable {
  /// The sweep's name.
  public let sweep: String
  /// The trial's number in the sweep.
  public let number: Int

  /// Names a trial.
  public init(sweep: String, number: Int) {
    self.sweep = sweep
    self.number = number
  }
}

/// What becomes of a command's streams.
public enum ProgramStreams: Sendable, Equatable {
  /// The command reads this process's input, and what it writes goes to this process's outputs too.
  /// It has a terminal where this process has one. Signals that this process gets are handed on.
  case passedOn
  /// Its input is empty, and its outputs are kept alone.
  case kept
}
