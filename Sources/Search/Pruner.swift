/// Decides whether to stop a trial before its end, from the losses that trials report on the way.
public enum Pruner: Sendable, Equatable {
  /// Stops a trial whose loss is worse than the median of the others at the same step.
  ///
  /// - Parameters:
  ///   - warmup: The number of steps up to which no trial stops.
  ///   - startup: The number of others that must have reported at a step before the pruner judges.
  case median(warmup: Int, startup: Int)
  /// Asynchronous successive halving, which lets only the best one in `eta` trials go on.
  ///
  /// It judges trials when they reach the steps `minimum`, `minimum * eta`, `minimum * eta²`...
  ///
  /// Li et al.: A System for Massively Parallel Hyperparameter Tuning (2020).
  case successiveHalving(minimum: Int, eta: Int)

  /// Whether the pruner judges trials at this step.
  public func judges(step: Int) -> Bool {
    switch self {
    case .median(let warmup, _):
      return step > warmup
    case .successiveHalving(let minimum, let eta):
      var rung = minimum
      while rung < step { rung *= eta }
      return rung == step
    }
  }

  /// Whether the pruner stops a trial, at a step for which ``judges(step:)`` is true.
  ///
  /// - Parameters:
  ///   - loss: The loss that the trial reports at this step, lower is better; a NaN is worse than
  ///     any number.
  ///   - others: The losses that other trials have reported at this step.
  /// - Returns: True if the trial stops.
  public func givesUp(loss: Double, others: [Double]) -> Bool {
    let loss = loss.isNaN ? Double.infinity : loss
    let others = others.map { $0.isNaN ? Double.infinity : $0 }.sorted()
    switch self {
    case .median(_, let startup):
      guard others.count >= max(1, startup) else { return false }
      let middle = others.count / 2
      let median =
        others.count % 2 == 1 ? others[middle] : (others[middle - 1] + others[middle]) / 2
      return loss > median
    case .successiveHalving(_, let eta):
      let better = others.filter { $0 < loss }.count
      // The best one in eta of all that came so far, this one included; the first always goes on.
      return better >= max(1, (others.count + 1) / eta)
    }
  }
}
