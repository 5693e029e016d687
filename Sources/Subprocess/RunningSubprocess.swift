#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How a process ended.
public enum SubprocessEnd: Sendable, Equatable {
  /// The process exited by itself; the status is -1 if other code has collected it.
  case exited(status: Int)
  /// A signal with this number ended the process.
  case signalled(Int)

  /// True if the process exited by itself with status 0.
  public var isSuccess: Bool { self == .exited(status: 0) }
}

/// A process that this one started, and that it reaps when a caller asks for the end.
///
/// Only one thread at a time may use it.
public final class RunningSubprocess {
  /// The program's path or name, as the caller gave it.
  public let program: String
  /// The process identifier (PID).
  public let identifier: Int32
  private let hasOwnGroup: Bool
  private var end: SubprocessEnd?

  init(program: String, identifier: Int32, hasOwnGroup: Bool) {
    self.program = program
    self.identifier = identifier
    self.hasOwnGroup = hasOwnGroup
  }

  /// Returns how the process ended, without waiting; nil if it is still running.
  public func poll() -> SubprocessEnd? {
    if end == nil { reap(WNOHANG) }
    return end
  }

  /// Waits until the process ends, without a time limit, and returns how it ended.
  @discardableResult
  public func wait() -> SubprocessEnd {
    while true {
      if let end { return end }
      reap(0)
    }
  }

  /// Waits until the process ends, for at most this number of seconds.
  ///
  /// - Returns: How the process ended; nil if it is still running.
  public func wait(within seconds: Double) -> SubprocessEnd? {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var pause: UInt32 = 500
    while poll() == nil, ContinuousClock.now < deadline {
      usleep(pause)
      pause = min(pause * 2, 20_000)
    }
    return poll()
  }

  /// Sends a signal to the process, or to its whole group if it has one of its own.
  ///
  /// The method does nothing if the process has ended.
  public func send(_ signal: Int32) {
    // A number that was reaped may be another process's by now.
    guard poll() == nil else { return }
    kill(hasOwnGroup ? -identifier : identifier, signal)
  }

  /// Kills the process and what is left of its group at once, and waits for the process to end.
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
