#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A program to run as a process of its own.
///
/// It needs only posix_spawn and waitpid: neither a network device nor a helper, nothing but the
/// program itself. A wait always ends when the caller asks it to.
public struct Subprocess {
  /// The source or destination of one of the process's streams.
  public enum Stream {
    /// An empty input, or an output that the system discards.
    case null
    /// The same stream of this process.
    case inherited
    /// The file at this path: an input must exist, and an output replaces the file's content.
    case file(String)
    /// An output that this process reads as messages, line by line.
    case messages(MessagePipe)
  }

  /// The program's path, or a name to look up in `PATH`.
  public var program: String
  /// The arguments, without the program's own name.
  public var arguments: [String]
  /// The directory in which the program runs; nil is the current directory.
  public var directory: String?
  /// Variables to add to those of this process, or to replace; nil removes one.
  public var environment: [String: String?] = [:]
  /// The source of the program's standard input.
  public var input = Stream.null
  /// Whether the program and its own subprocesses form a process group of their own.
  ///
  /// The terminal's keys do not reach such a group, and signals reach it as a whole.
  public var hasOwnGroup = false

  /// Describes a program and how to call it, without starting it.
  ///
  /// - Parameters:
  ///   - program: The program's path, or a name to look up in `PATH`.
  ///   - arguments: The arguments, without the program's own name.
  ///   - directory: The directory in which the program runs; nil is the current directory.
  public init(_ program: String, _ arguments: [String], directory: String? = nil) {
    self.program = program
    self.arguments = arguments
    self.directory = directory
  }

  /// Starts the program and returns while it runs.
  ///
  /// - Parameters:
  ///   - output: The destination of the program's standard output.
  ///   - diagnostics: The destination of the program's standard error.
  /// - Returns: The running process.
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
    // Unlike a user's command, none of these is looked for in the current directory.
    let folders = CommandProcess.folders(of: getenv("PATH").map { String(cString: $0) })
      .filter { !$0.isEmpty }
    guard case .executable(let path) = CommandProcess.search(for: program, in: folders) else {
      throw .notFound(program: program)
    }
    return path
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
