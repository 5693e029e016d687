#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A pipe into which a command writes, and of which the reading end is taken out.
public struct OutputPipe: ~Copyable {
  private let pipe: Pipe

  /// Opens a pipe whose ends other processes do not inherit unasked.
  ///
  /// - Throws: ``SubprocessError/noPipe(detail:)``.
  public init() throws(SubprocessError) {
    guard let pipe = Pipe() else { throw .noPipe(detail: String(cString: strerror(errno))) }
    self.pipe = pipe
  }

  /// The descriptor that the command is given; closed here when the pipe goes.
  public var writing: Int32 { pipe.writing }

  /// A descriptor to read what the command writes, for the caller to close.
  public func reading() -> Int32 { fcntl(pipe.reading, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) }
}
