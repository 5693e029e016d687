/// Decides whether a trial is given up before its end, by what it and others report on the way.
public enum Pruner: Sendable, Equatable {
  /// Gives up a trial that is worse than the median of the others at the same step.
  ///
  /// - Parameters:
  ///   - warmup: Steps before which no trial is given up.
  ///   - startup: How many others must have reported at a step before it is judged by.
  case median(warmup: Int, startup: Int)
  /// Asynchronous successive halving: of the trials that reach steps `minimum`, `minimum * eta`,
  /// `minimum * eta²`..., only the best one in `eta` goes on.
  ///
  /// Li et al.: A System for Massively Parallel Hyperparameter Tuning (2020).
  case successiveHalving(minimum: Int, eta: Int)

  /// Whether trials are judged at a step at all.
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

  /// Whether a trial is given up.
  ///
  /// - Parameters:
  ///   - loss: What it reports at a step that is judged, low is good; a NaN is worse than all.
  ///   - others: What other trials have reported at this step.
  /// - Returns: Whether it is given up.
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
