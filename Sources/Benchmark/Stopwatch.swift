/// Times pieces of work.
enum Stopwatch {
  /// The seconds that a piece of work takes.
  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let elapsed = try ContinuousClock().measure(body)
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
  }

  /// The least seconds that a piece of work takes in some runs, after one that is not counted.
  ///
  /// Whatever else the machine does can only slow a run down, so the fastest says most.
  static func leastSeconds(runs: Int = 5, _ body: () throws -> Void) rethrows -> Double {
    try body()
    var least = Double.infinity
    for _ in 0..<runs { least = min(least, try seconds(body)) }
    return least
  }
}
