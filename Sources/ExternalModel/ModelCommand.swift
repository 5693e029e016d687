/// How a served model is started.
public struct ModelCommand: Sendable, Equatable {
  /// The program and its arguments.
  public let words: [String]
  /// The directory in which it runs.
  public let directory: String

  /// Describes a command.
  ///
  /// - Precondition: There is at least one word.
  public init(words: [String], directory: String) {
    precondition(!words.isEmpty, "a command has a program")
    self.words = words
    self.directory = directory
  }

  /// The words, as messages show them.
  public var shown: String { words.joined(separator: " ") }
}

/// What holds for all processes of a served model.
public struct ModelLimits: Sendable {
  /// How many processes are started at most.
  public let processes: Int
  /// How long an answer may take, the first one with the loading of the model, in seconds.
  public let secondsAllowed: Double
  /// Returns true to stop; asked several times a second while an answer is awaited.
  public let isCancelled: @Sendable () -> Bool

  /// Sets the limits.
  ///
  /// - Precondition: There is at least one process.
  public init(
    processes: Int = 1, secondsAllowed: Double = 300,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    precondition(processes > 0, "a served model has a process")
    self.processes = processes
    self.secondsAllowed = secondsAllowed
    self.isCancelled = isCancelled
  }
}
