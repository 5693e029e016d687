internal import Tensor

/// Proposes the parameters of trials.
///
/// A proposal is a function of the seed, the trial's number and the history that the caller passes.
/// A sampler has no state, so a restart loses nothing.
public protocol Sampler: Sendable {
  /// Whether ``propose(_:history:)`` depends on other trials.
  var usesHistory: Bool { get }
  /// The number of trials that the sampler can propose; nil if unlimited.
  var trialCount: Int? { get }

  /// Returns the parameters of trial `number`.
  ///
  /// - Parameters:
  ///   - number: The trial's number, from 0, below ``trialCount``.
  ///   - history: The sweep's other trials; may be empty if ``usesHistory`` is false.
  /// - Returns: The parameters' values.
  func propose(_ number: Int, history: SearchHistory) -> SearchPoint
}

/// The trials of a sweep that a sampler learns from.
public struct SearchHistory: Sendable {
  /// A trial that has its final losses, or that the pruner stopped.
  public struct Observation: Sendable {
    /// The trial's parameters.
    public let point: SearchPoint
    /// The objectives' values, lower is better; empty for a pruned trial.
    public let losses: [Double]

    /// Pairs a trial's parameters with its losses.
    public init(point: SearchPoint, losses: [Double]) {
      self.point = point
      self.losses = losses
    }
  }

  /// The finished and pruned trials, in the order in which they ended.
  public var observations: [Observation]
  /// The parameters of the trials that are still running.
  public var running: [SearchPoint]

  /// Creates a history, by default that of a sweep without any trials.
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
