internal import Tensor

/// A scrambled Halton sequence: trials that fill the space more evenly than random ones.
///
/// Parameter i's coordinate is the trial's number in the i-th prime base with its digits mirrored at
/// the point. The digits of each place are permuted at random (Owen: A randomized Halton algorithm
/// in R, 2017), which removes the patterns that large bases have among the first trials.
public struct HaltonSampler: Sampler {
  private let space: SearchSpace
  private let bases: [Int]
  private let stream: RandomStream

  /// Creates the sampler of a space and seed.
  public init(space: SearchSpace, seed: UInt64) {
    self.space = space
    bases = Self.primes(count: space.parameters.count)
    stream = RandomStream(seed: seed, stream: SearchPurpose.halton)
  }

  /// False: trials are proposed independently of each other.
  public var usesHistory: Bool { false }
  /// Nil: it proposes any number of trials.
  public var trialCount: Int? { nil }

  /// The sequence's point of a number.
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
