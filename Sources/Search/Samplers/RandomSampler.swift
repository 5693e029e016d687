internal import Tensor

/// Draws every trial's parameters independently and uniformly.
public struct RandomSampler: Sampler {
  private let space: SearchSpace
  private let stream: RandomStream

  /// Creates the sampler of a space and seed.
  public init(space: SearchSpace, seed: UInt64) {
    self.space = space
    stream = RandomStream(seed: seed, stream: SearchPurpose.random)
  }

  /// False: trials are proposed independently of each other.
  public var usesHistory: Bool { false }
  /// Nil: it proposes any number of trials.
  public var trialCount: Int? { nil }

  /// Draws the parameters of a trial.
  public func propose(_ number: Int, history: SearchHistory) -> SearchPoint {
    space.point { index, parameter in
      parameter.range.value(at: stream.unit(trial: number, use: index))
    }
  }
}
