/// Follows the metrics of a command as they are recorded.
public protocol ProgramFollower: Sendable {
  /// Is called after points were recorded, in the order in which the command reported them.
  ///
  /// It is called on one thread at a time.
  ///
  /// - Parameter points: The new points.
  /// - Returns: Why the command is to stop; nil lets it go on.
  func recorded(_ points: [MetricPoint]) -> StopReason?
}

/// A value of a metric at a step.
public struct MetricPoint: Sendable, Equatable {
  /// The metric's name.
  public let name: String
  /// The step, such as the epoch.
  public let step: Int64
  /// The value, which may be NaN or infinite.
  public let value: Double

  /// Creates a point.
  public init(name: String, step: Int64, value: Double) {
    self.name = name
    self.step = step
    self.value = value
  }
}
