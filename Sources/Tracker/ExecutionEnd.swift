/// When an execution ended, as the process saw it that worked on the run.
public struct ExecutionEnd: Sendable, Equatable {
  /// Milliseconds since 1970, UTC.
  public let milliseconds: Int64
  /// How long it took, in milliseconds, by a clock that nobody sets.
  public let durationMilliseconds: Int64

  /// Describes an end.
  public init(milliseconds: Int64, durationMilliseconds: Int64) {
    self.milliseconds = milliseconds
    self.durationMilliseconds = max(durationMilliseconds, 0)
  }
}
