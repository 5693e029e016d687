internal import Synchronization

/// Ends work that asks now and then whether it is over, after so many times.
public final class StepCount: Sendable {
  private let left: Atomic<Int>

  /// Allows so many steps.
  public init(limit: Int) { left = Atomic(limit) }

  /// Counts a step; true once there are none left.
  public func isOver() -> Bool { left.subtract(1, ordering: .relaxed).newValue < 0 }
}
