#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How a process ended.
public enum SubprocessEnd: Sendable, Equatable {
  /// By itself, with a status; -1 if that went to somebody else.
  case exited(status: Int)
  /// By a signal.
  case signalled(Int)

  /// Whether it ended by itself and with status 0.
  public var isSuccess: Bool { self == .exited(status: 0) }
}

/// A process that was started, and is reaped by whoever asks for its end.
///
/// It is to be used by one thread at a time.
public final class RunningSubprocess {
  /// The program, as it was named.
  public let program: String
  /// The number of the process.
  public let identifier: Int32
  private let hasOwnGroup: Bool
  private var end: SubprocessEnd?

  init(program: String, identifier: Int32, hasOwnGroup: Bool) {
    self.program = program
    self.identifier = identifier
    self.hasOwnGroup = hasOwnGroup
  }

  /// How it ended; nil while it has not.
  public func poll() -> SubprocessEnd? {
    if end == nil { reap(WNOHANG) }
    return end
  }

  /// Waits for its end.
  @discardableResult
  public func wait() -> SubprocessEnd {
    while true {
      if let end { return end }
      reap(0)
    }
  }

  /// Waits for its end for some time.
  ///
  /// - Returns: How it ended; nil if it has not.
  public func wait(within seconds: Double) -> SubprocessEnd? {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var pause: UInt32 = 500
    while poll() == nil, ContinuousClock.now < deadline {
      usleep(pause)
      pause = min(pause * 2, 20_000)
    }
    return poll()
  }

  /// Sends a signal to it, and to its whole group where it has one of its own; nothing if it has
  /// ended.
  public func send(_ signal: Int32) {
    // A number that was reaped may be another process's by now.
    guard poll() == nil else { return }
    kill(hasOwnGroup ? -identifier : identifier, signal)
  }

  /// Ends it and what is left of its group, at once.
  public func stop() {
    if hasOwnGroup { kill(-identifier, SIGKILL) }
    send(SIGKILL)
    wait()
  }

  private func reap(_ options: Int32) {
    var status: Int32 = 0
    let found = waitpid(identifier, &status, options)
    if found == identifier {
      let signal = status & 0x7F
      end = signal == 0 ? .exited(status: Int(status >> 8 & 0xFF)) : .signalled(Int(signal))
    } else if found < 0, errno != EINTR {
      end = .exited(status: -1)
    }
  }
}
