public import Tracker

/// How a command ended.
public struct ProgramEnd: Sendable, Equatable {
  /// What the system says of the end.
  public enum Cause: Sendable, Equatable {
    /// The command exited with this code.
    case exited(Int)
    /// A signal with this number ended it.
    case signalled(Int)
  }

  /// What the system says of the end.
  public let cause: Cause
  /// Why it was told to stop; nil: it was not.
  public let stop: StopReason?
  /// What its last event said of the end; nil: nothing.
  public var told: ToldEnd?

  /// The last line that it wrote to standard error, or to its terminal; nil: it wrote none.
  public var lastErrorLine: String?

  /// Describes an end.
  public init(_ cause: Cause, stop: StopReason? = nil, told: ToldEnd? = nil) {
    self.cause = cause
    self.stop = stop
    self.told = told
  }

  /// The exit code as shells have it: 128 and the signal's number for a signal.
  public var exitCode: Int {
    switch cause {
    case .exited(let code): code
    case .signalled(let number): 128 + number
    }
  }

  /// The state that the run ends in.
  ///
  /// A command that ends otherwise than well after it was asked to stop, or by the interrupt key,
  /// is interrupted. What it says of its own end counts before an exit code of 0.
  public var state: RunState {
    if cause == .exited(0) { return told?.state ?? .finished }
    if stop == .timeout { return .failed }
    if stop != nil || told?.state == .interrupted { return .interrupted }
    return [.signalled(2), .exited(130)].contains(cause) ? .interrupted : .failed
  }

  /// Why the run failed, in one line; nil: it did not.
  public var error: String? {
    guard state == .failed else { return nil }
    if let told = told?.error { return told }
    if stop == .timeout { return "took longer than its time limit" }
    return switch cause {
    case .exited(let code): "exited with code \(code)"
    case .signalled(let number): "was ended by signal \(number) (\(SignalName.name(of: number)))"
    }
  }
}

/// What a program says of its own end, by the event "end".
public struct ToldEnd: Sendable, Equatable {
  /// Finished, failed or interrupted.
  public let state: RunState
  /// Why it failed, in one line; nil: it does not say.
  public let error: String?

  /// Describes what was told.
  public init(state: RunState, error: String? = nil) {
    self.state = state
    self.error = error
  }
}

/// Why a command is told to stop, as the control file says it.
public enum StopReason: String, Sendable {
  /// Its metrics are not worth going on.
  case pruned
  /// The user interrupted the process that supervises it.
  case interrupted
  /// It took longer than its time limit.
  case timeout
  /// The user stopped its sweep.
  case stopped
}
