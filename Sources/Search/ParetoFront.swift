/// Ranks trials by several objectives at a time.
public enum ParetoFront {
  /// Whether `a` is at least as good as `b` in every objective, and better in one; lower is better.
  public static func dominates(_ a: [Double], _ b: [Double]) -> Bool {
    zip(a, b).allSatisfy { $0 <= $1 } && a != b
  }

  /// Returns the trials that no other trial dominates, in their order.
  ///
  /// A NaN is worse than any number.
  ///
  /// - Parameter losses: Each trial's losses, lower is better; all trials have the same number of
  ///   them.
  /// - Returns: The indices of the trials on the front.
  public static func front(_ losses: [[Double]]) -> [Int] {
    let losses = losses.map { $0.map { $0.isNaN ? .infinity : $0 } }
    return losses.indices.filter { candidate in
      !losses.indices.contains { dominates(losses[$0], losses[candidate]) }
    }
  }

  /// Returns all trials, the best first: front after front (Deb et al.: NSGA-II, 2002).
  ///
  /// Within a front, trials with more room around them come first. With one objective, the loss
  /// alone decides, and trials with equal losses keep their order. Trials without losses come last,
  /// in order.
  ///
  /// - Parameter losses: Each trial's losses, lower is better.
  /// - Returns: The indices of all trials.
  public static func order(_ losses: [[Double]]) -> [Int] {
    let judged = losses.indices.filter { !losses[$0].isEmpty }
    let rest = losses.indices.filter { losses[$0].isEmpty }
    guard let first = judged.first else { return rest }
    if losses[first].count == 1 {
      func key(_ index: Int) -> Double { losses[index][0].isNaN ? .infinity : losses[index][0] }
      return judged.sorted { (key($0), $0) < (key($1), $1) } + rest
    }
    var remaining = judged
    var order: [Int] = []
    while !remaining.isEmpty {
      let members = front(remaining.map { losses[$0] }).map { remaining[$0] }
      let room = crowding(members.map { losses[$0] })
      order += zip(members, room).sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map(\.0)
      remaining.removeAll(where: members.contains)
    }
    return order + rest
  }

  /// How far a front's members lie from their neighbours, infinite at the ends.
  private static func crowding(_ losses: [[Double]]) -> [Double] {
    var room = [Double](repeating: 0, count: losses.count)
    for objective in losses[0].indices {
      let order = losses.indices.sorted { losses[$0][objective] < losses[$1][objective] }
      guard let first = order.first, let last = order.last else { continue }
      let extent = losses[last][objective] - losses[first][objective]
      room[first] = .infinity
      room[last] = .infinity
      guard extent > 0, extent.isFinite, order.count > 2 else { continue }
      for place in 1..<order.count - 1 {
        let (before, after) = (losses[order[place - 1]], losses[order[place + 1]])
        room[order[place]] += (after[objective] - before[objective]) / extent
      }
    }
    return room
  }
}
