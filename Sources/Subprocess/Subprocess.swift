#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A program to be run as a process of its own.
///
/// By posix_spawn and waitpid alone: nothing but the program itself is needed, neither a network
/// device nor a helper, and a wait always ends when it is asked to.
public struct Subprocess {
  /// Where a stream of the process comes from or goes to.
  public enum Stream {
    /// Nothing: an empty input; output that is dropped.
    case null
    /// The stream of this process.
    case inherited
    /// A file, which is there; output replaces its content.
    case file(String)
    /// Output that this process reads as messages.
    case messages(MessagePipe)
  }

  /// The program's path, or its name, looked for in `PATH`.
  public var program: String
  /// What it is called with.
  public var arguments: [String]
  /// Where it runs; nil is the current directory.
  public var directory: String?
  /// Variables that it has beside those of this process, or in their place; nil takes one away.
  public var environment: [String: String?] = [:]
  /// What it reads as its standard input.
  public var input = Stream.null
  /// Whether it, and what it starts, is a group of its own, which the terminal's keys do not reach
  /// and signals reach as a whole.
  public var hasOwnGroup = false

  /// Names a program.
  ///
  /// - Parameters:
  ///   - program: Its path, or its name, looked for in `PATH`.
  ///   - arguments: What it is called with.
  ///   - directory: Where it runs; nil is the current directory.
  public init(_ program: String, _ arguments: [String], directory: String? = nil) {
    self.program = program
    self.arguments = arguments
    self.directory = directory
  }

  /// Starts the program and lets it run.
  ///
  /// - Parameters:
  ///   - output: Where its standard output goes.
  ///   - diagnostics: Where its standard error goes.
  /// - Returns: The process.
  /// - Throws: ``SubprocessError/notFound(program:)`` or
  ///   ``SubprocessError/cannotStart(program:code:detail:)``.
  public func start(
    output: Stream = .null, diagnostics: Stream = .inherited
  ) throws(SubprocessError) -> RunningSubprocess {
    try spawn(output: .stream(output), diagnostics: .stream(diagnostics))
  }

  enum Target {
    case stream(Stream)
    case descriptor(Int32)
  }

  func spawn(output: Target, diagnostics: Target) throws(SubprocessError) -> RunningSubprocess {
    let path = try Self.find(program)
    var actions = SpawnActions()
    defer { actions.destroy() }
    actions.open(STDIN_FILENO, as: .stream(input), flags: O_RDONLY)
    actions.open(STDOUT_FILENO, as: output, flags: O_WRONLY | O_CREAT | O_TRUNC)
    actions.open(STDERR_FILENO, as: diagnostics, flags: O_WRONLY | O_CREAT | O_TRUNC)
    if let directory { actions.change(to: directory) }
    var attributes = SpawnAttributes(hasOwnGroup: hasOwnGroup)
    defer { attributes.destroy() }
    let words = CStrings([path] + arguments)
    let variables = CStrings(
      Self.inheritedEnvironment.merging(environment) { $1 }.sorted { $0.key < $1.key }
        .compactMap { name, value in value.map { "\(name)=\($0)" } })
    defer {
      words.destroy()
      variables.destroy()
    }
    restoreChildSignal()
    var process = pid_t()
    let code = posix_spawn(
      &process, path, &actions.value, &attributes.value, words.pointers, variables.pointers)
    guard code == 0 else {
      throw .cannotStart(program: program, code: code, detail: String(cString: strerror(code)))
    }
    return RunningSubprocess(program: program, identifier: process, hasOwnGroup: hasOwnGroup)
  }

  /// The path of a program, by `PATH` unless the name has a slash.
  private static func find(_ program: String) throws(SubprocessError) -> String {
    guard !program.contains("/") else { return program }
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    for directory in path.split(separator: ":") {
      let candidate = "\(directory)/\(program)"
      if access(candidate, X_OK) == 0 { return candidate }
    }
    throw .notFound(program: program)
  }

  /// The variables of this process.
  private static var inheritedEnvironment: [String: String?] {
    #if canImport(Glibc)
      let first = Glibc.environ
    #else
      let first = _NSGetEnviron().pointee
    #endif
    var variables: [String: String?] = [:]
    var index = 0
    while let entry = first[index] {
      let words = String(cString: entry).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if words.count == 2 { variables[String(words[0])] = String(words[1]) }
      index += 1
    }
    return variables
  }
}
