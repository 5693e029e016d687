internal import Tensor

/// A scrambled Halton sequence: its trials fill the space more evenly than random ones.
///
/// To get parameter i's coordinate, the sampler writes the trial's number in the i-th prime base
/// and mirrors the digits at the point. It permutes the digits of each place at random (Owen: A
/// randomized Halton algorithm in R, 2017). The permutation removes the patterns that large bases
/// have among the first trials.
public struct HaltonSampler: Sampler {
  private let space: SearchSpace
  private let bases: [Int]
  private let stream: RandomStream

  /// Creates the sampler of a space; the seed determines the permutations of the digits.
  public init(space: SearchSpace, seed: UInt64) {
    self.space = space
    bases = Self.primes(count: space.parameters.count)
    stream = RandomStream(seed: seed, stream: SearchPurpose.halton)
  }

  /// False, because each point depends only on the seed and the trial's number.
  public var usesHistory: Bool { false }
  /// Nil, because the sequence never ends.
  public var trialCount: Int? { nil }

  /// Returns the sequence's point with this number; the history has no effect.
  public func propose(_ number: Int, history: SearchHistory) -> SearchPoint {
    space.point { index, parameter in
      parameter.range.value(at: coordinate(number, dimension: index))
    }
  }

  /// The coordinate of a trial in 0..<1.
  func coordinate(_ number: Int, dimension: Int) -> Double {
    let base = bases[dimension]
    var (rest, place, weight, coordinate) = (number, 0, 1 / Double(base), 0.0)
    // Digits beyond the number's own are zeros, which are permuted too.
    while weight > 0x1p-53 {
      let order = stream.permutation(count: base, pass: UInt32(dimension << 8 | place))
      coordinate += Double(order[rest % base]) * weight
      rest /= base
      place += 1
      weight /= Double(base)
    }
    return min(coordinate, 1 - 0x1p-53)
  }

  private static func primes(count: Int) -> [Int] {
    var primes: [Int] = []
    var candidate = 2
    while primes.count < count {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes
  }
}
