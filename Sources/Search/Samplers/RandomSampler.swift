internal import Tensor

/// Draws every trial's parameters independently and uniformly, on the scale of each range.
public struct RandomSampler: Sampler {
  private let space: SearchSpace
  private let stream: RandomStream

  /// Creates the sampler of a space; the same seed gives the same proposals.
  public init(space: SearchSpace, seed: UInt64) {
    self.space = space
    stream = RandomStream(seed: seed, stream: SearchPurpose.random)
  }

  /// False, because the sampler draws each trial independently of the others.
  public var usesHistory: Bool { false }
  /// Nil, because the sampler proposes any number of trials.
  public var trialCount: Int? { nil }

  /// Draws the parameters of a trial from its number and the seed; the history has no effect.
  public func propose(_ number: Int, history: SearchHistory) -> SearchPoint {
    space.point { index, parameter in
      parameter.range.value(at: stream.unit(trial: number, use: index))
    }
  }
}
