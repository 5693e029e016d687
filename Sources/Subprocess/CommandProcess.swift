internal import CSubprocess

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What an ended command and the processes that it waited for have used.
public struct ResourceUsage: Sendable, Equatable {
  /// The time in programs, in seconds.
  public let userSeconds: Double
  /// The time in the kernel, in seconds.
  public let systemSeconds: Double
  /// The most memory that one of them took, in bytes.
  public let peakMemoryBytes: Int64
}

/// A command as shells start one: in a process group of its own, or at a terminal of its own, with
/// the streams that it is given.
///
/// Only one thread at a time may use it.
public final class CommandProcess {
  /// Where a command stands.
  public enum State: Sendable, Equatable {
    /// It runs, or waits.
    case running
    /// A signal has stopped it, and another may continue it.
    case stopped
    /// It has ended.
    case ended(SubprocessEnd, ResourceUsage)
  }

  /// What a command is started with.
  public struct Start {
    /// The file to execute.
    public var path: String
    /// The words, the command's own name first.
    public var words: [String]
    /// The directory in which it runs.
    public var directory: String
    /// Its variables, all of them.
    public var environment: [String: String]
    /// The descriptor of its standard input.
    public var input: Int32 = STDIN_FILENO
    /// The descriptor of its standard output.
    public var output: Int32 = STDOUT_FILENO
    /// The descriptor of its standard error.
    public var errors: Int32 = STDERR_FILENO
    /// The terminal at which it works, for the streams whose descriptors are -1; nil: there is none,
    /// and all have descriptors.
    public var terminal: String?

    /// Describes a start with this process's streams.
    public init(
      path: String, words: [String], directory: String, environment: [String: String]
    ) {
      self.path = path
      self.words = words
      self.directory = directory
      self.environment = environment
    }
  }

  /// The number of the process, which is its group's too.
  public let identifier: Int32
  /// A descriptor that can be read once the process has ended; -1 where the system has none.
  public let endDescriptor: Int32
  private var end: State?

  /// Starts a command.
  ///
  /// A file without a first line that names its interpreter is a script of the shell's, as for
  /// shells.
  ///
  /// - Throws: ``SubprocessError/cannotStart(program:code:detail:)``.
  public init(_ start: Start) throws(SubprocessError) {
    restoreChildSignal()
    var process = pid_t()
    var code = Self.spawn(start, path: start.path, words: start.words, &process)
    if code == ENOEXEC {
      code = Self.spawn(
        start, path: "/bin/sh", words: ["sh", start.path] + start.words.dropFirst(), &process)
    }
    guard code == 0 else {
      throw .cannotStart(
        program: start.words.first ?? start.path, code: code,
        detail: String(cString: strerror(code)))
    }
    identifier = process
    endDescriptor = assay_open_process(process)
  }

  deinit {
    if endDescriptor >= 0 { close(endDescriptor) }
  }

  private static func spawn(
    _ start: Start, path: String, words: [String], _ process: inout pid_t
  ) -> Int32 {
    var actions = SpawnActions()
    defer { actions.destroy() }
    var attributes = SpawnAttributes(hasOwnGroup: start.terminal == nil)
    defer { attributes.destroy() }
    if start.terminal != nil { assay_spawn_in_session(&attributes.value) }
    for (number, descriptor) in [start.input, start.output, start.errors].enumerated() {
      let number = Int32(number)
      if descriptor >= 0 {
        actions.open(number, as: .descriptor(descriptor), flags: 0)
      } else if let terminal = start.terminal {
        // The first terminal that the leader of a session opens becomes the session's.
        actions.open(number, as: .stream(.file(terminal)), flags: O_RDWR)
      }
    }
    actions.change(to: start.directory)
    let arguments = CStrings(words)
    let variables = CStrings(
      start.environment.sorted { $0.key < $1.key }.map { "\($0)=\($1)" })
    defer {
      arguments.destroy()
      variables.destroy()
    }
    return posix_spawn(
      &process, path, &actions.value, &attributes.value, arguments.pointers, variables.pointers)
  }

  /// Where the command stands, without waiting.
  public func poll() -> State {
    if let end { return end }
    var change = assay_change()
    guard assay_wait(identifier, &change) != 0 else { return .running }
    let usage = ResourceUsage(
      userSeconds: change.user_seconds, systemSeconds: change.system_seconds,
      peakMemoryBytes: change.peak_memory)
    let state: State =
      switch change.kind {
      case ASSAY_STOPPED: .stopped
      case ASSAY_SIGNALLED: .ended(.signalled(Int(change.number)), usage)
      case ASSAY_EXITED: .ended(.exited(status: Int(change.number)), usage)
      default: .ended(.exited(status: -1), usage)
      }
    if state != .stopped { end = state }
    return state
  }

  /// Whether the command has ended; its end is still to be collected by ``poll()``.
  public var hasEnded: Bool { end != nil || assay_has_ended(identifier) != 0 }

  /// Sends a signal to the command and all that is in its group, unless its end is collected.
  public func send(_ signal: Int32) {
    guard end == nil else { return }
    kill(-identifier, signal)
  }
}

extension CommandProcess {
  /// Where a command's word leads.
  public enum Location: Sendable, Equatable {
    /// To this file, which can be executed.
    case executable(String)
    /// To a file that cannot be executed, for the reason that the system gives.
    case refused(String)
    /// Nowhere.
    case missing
  }

  /// Finds the file of a command as shells do.
  ///
  /// - Parameters:
  ///   - command: The command's first word; one without a slash is looked up in the path.
  ///   - directory: The directory that relative paths begin in.
  ///   - path: The variable PATH of the command; nil: it has none.
  /// - Returns: Where the word leads.
  public static func find(_ command: String, in directory: String, path: String?) -> Location {
    func absolute(_ path: String) -> String {
      path.hasPrefix("/") ? path : directory + "/" + path
    }
    guard !command.contains("/") else { return look(absolute(command)) }
    guard !command.isEmpty else { return .missing }
    return search(
      for: command, in: folders(of: path).map { absolute($0.isEmpty ? "." : $0) })
  }

  /// The folders that a variable PATH names, or the usual ones without it; an empty name is the
  /// current directory.
  static func folders(of path: String?) -> [String] {
    (path ?? "/usr/local/bin:/usr/bin:/bin")
      .split(separator: ":", omittingEmptySubsequences: false).map(String.init)
  }

  /// The first executable file of a name in folders; for want of any, the first that is refused.
  static func search(for command: String, in folders: [String]) -> Location {
    var refusal: Location?
    for folder in folders {
      let found = look(folder + "/" + command)
      if case .executable = found { return found }
      if found != .missing, refusal == nil { refusal = found }
    }
    return refusal ?? .missing
  }

  private static func look(_ path: String) -> Location {
    var status = stat()
    guard stat(path, &status) == 0 else {
      return errno == EACCES ? .refused(String(cString: strerror(EACCES))) : .missing
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      return .refused(String(cString: strerror(EISDIR)))
    }
    return access(path, X_OK) == 0
      ? .executable(path) : .refused(String(cString: strerror(errno)))
  }
}
