internal import Tensor

/// The tree-structured Parzen estimator: proposes where good trials are dense and others are not.
///
/// Bergstra, Bardenet, Bengio, Kégl: Algorithms for Hyper-Parameter Optimization (NIPS 2011). This
/// is the multivariate form (Falkner, Klein, Hutter: BOHB, 2018). It models one density over all
/// parameters together, so it proposes values together that work well together. It counts running
/// trials among those that are not good, which keeps parallel workers apart (constant liar).
public struct TPESampler: Sampler {
  private let space: SearchSpace
  private let startupTrials: Int
  private let candidates: Int
  private let startup: HaltonSampler
  private let stream: RandomStream

  /// Creates the sampler of a space and seed.
  ///
  /// - Parameters:
  ///   - space: The parameters.
  ///   - seed: The seed; with the same history, the same seed gives the same proposals.
  ///   - startupTrials: The number of trials that fill the space evenly before the estimator
  ///     starts.
  ///   - candidates: The number of points that the sampler draws where good trials are dense, to
  ///     choose from.
  public init(space: SearchSpace, seed: UInt64, startupTrials: Int = 10, candidates: Int = 64) {
    self.space = space
    self.startupTrials = startupTrials
    self.candidates = candidates
    startup = HaltonSampler(space: space, seed: seed)
    stream = RandomStream(seed: seed, stream: SearchPurpose.tpe)
  }

  /// True, because proposals depend on the losses of earlier trials.
  public var usesHistory: Bool { true }
  /// Nil, because the sampler proposes any number of trials.
  public var trialCount: Int? { nil }

  /// Returns the candidate at which good trials are densest compared with the others.
  ///
  /// For the startup trials, and until enough trials have ended, the point comes from a Halton
  /// sequence.
  public func propose(_ number: Int, history: SearchHistory) -> SearchPoint {
    let judged = history.observations
    guard number >= startupTrials, judged.count >= max(2, startupTrials / 2) else {
      return startup.propose(number, history: history)
    }
    let order = ParetoFront.order(judged.map(\.losses))
    let goodCount = Self.goodCount(of: judged.count)
    func points(_ ranks: ArraySlice<Int>) -> [SearchPoint] {
      ranks.sorted().map { judged[$0].point }
    }
    let good = ParzenEstimator(space: space, points: points(order[..<goodCount]))
    let others = ParzenEstimator(
      space: space, points: points(order[goodCount...]) + history.running)
    var best: (point: SearchPoint, score: Double)?
    let uses = space.parameters.count + 1
    for candidate in 0..<candidates {
      let point = good.draw { stream.unit(trial: number, use: candidate * uses + $0) }
      let score = good.logDensity(of: point) - others.logDensity(of: point)
      if score > best?.score ?? -.infinity { best = (point, score) }
    }
    return best?.point ?? startup.propose(number, history: history)
  }

  /// Three in twenty trials are good, but no more than 25.
  private static func goodCount(of count: Int) -> Int {
    min(Int((0.15 * Double(count)).rounded(.up)), 25)
  }
}
