#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A pipe from which a command reads, and of which the writing end is taken out.
public struct InputPipe: ~Copyable {
  private let pipe: Pipe

  /// Opens a pipe whose ends other processes do not inherit unasked.
  ///
  /// - Throws: ``SubprocessError/noPipe(detail:)``.
  public init() throws(SubprocessError) {
    guard let pipe = Pipe() else { throw .noPipe(detail: String(cString: strerror(errno))) }
    self.pipe = pipe
  }

  /// The descriptor that the command is given; closed here when the pipe goes.
  public var reading: Int32 { pipe.reading }

  /// A descriptor to write what the command reads, for the caller to close.
  public func writing() -> Int32 { fcntl(pipe.writing, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) }
}
