internal import Tensor

/// Proposes the parameters of trials.
///
/// A proposal is a function of the seed, the trial's number and the trials before it that are given:
/// there is no state to lose.
public protocol Sampler: Sendable {
  /// Whether ``propose(_:history:)`` looks at other trials.
  var usesHistory: Bool { get }
  /// The number of trials to propose; nil if unlimited.
  var trialCount: Int? { get }

  /// The parameters of trial `number`.
  ///
  /// - Parameters:
  ///   - number: The trial's number, from 0, below ``trialCount``.
  ///   - history: What is known of other trials; may be empty if ``usesHistory`` is false.
  /// - Returns: The parameters' values.
  func propose(_ number: Int, history: SearchHistory) -> SearchPoint
}

/// What is known of a sweep's trials.
public struct SearchHistory: Sendable {
  /// A trial that has been judged.
  public struct Observation: Sendable {
    /// Its parameters.
    public let point: SearchPoint
    /// The objectives' values, low is good; empty if it was given up early.
    public let losses: [Double]

    /// Describes a trial.
    public init(point: SearchPoint, losses: [Double]) {
      self.point = point
      self.losses = losses
    }
  }

  /// Trials that have been judged, in the order in which they were.
  public var observations: [Observation]
  /// The parameters of trials that are under way.
  public var running: [SearchPoint]

  /// Joins what is known.
  public init(observations: [Observation] = [], running: [SearchPoint] = []) {
    self.observations = observations
    self.running = running
  }
}

/// What a sampler's random numbers are for; numbers of different purposes never coincide.
enum SearchPurpose {
  static let random: UInt32 = 32 << 8
  static let halton: UInt32 = 33 << 8
  static let tpe: UInt32 = 34 << 8
}

extension RandomStream {
  /// A number drawn uniformly from 0..<1 for one use within a trial.
  func unit(trial: Int, use: Int) -> Double {
    let words = words(
      image: UInt32(truncatingIfNeeded: trial), pass: UInt32(truncatingIfNeeded: use), block: 0)
    return Double((UInt64(words[0]) << 32 | UInt64(words[1])) >> 11) * 0x1p-53
  }
}
