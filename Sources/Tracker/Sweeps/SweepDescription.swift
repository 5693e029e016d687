internal import Bytes

/// Describes a sweep before it starts.
public struct SweepDescription: Sendable, Equatable {
  /// The sweep's name, unique in its file.
  public var name: String
  /// Everything that its trials depend on.
  ///
  /// Resuming a sweep needs the same definition.
  public var definition: JSONValue
  /// The seed of its sampler.
  public var seed: Int64
  /// The objectives, the most important first.
  public var objectives: [SweepObjective]
  /// The limits of its trials.
  public var budget: SweepBudget
  /// Which pixels and models stay in the file.
  public var retention: SweepRetention

  /// Describes a sweep.
  public init(
    name: String, definition: JSONValue, seed: Int64, objectives: [SweepObjective],
    budget: SweepBudget, retention: SweepRetention = SweepRetention()
  ) {
    self.name = name
    self.definition = definition
    self.seed = seed
    self.objectives = objectives
    self.budget = budget
    self.retention = retention
  }
}

extension SweepDescription {
  /// A UUID that every file gets that records a part of this very sweep: of its name, definition and
  /// seed, in the form of RFC 9562's version 8.
  public var contentUUID: String {
    let content = JSONValue.object([
      "name": .string(name), "definition": definition, "seed": .integer(seed),
    ])
    var digits = Array(ContentDigest.sha256(Array(content.canonical.utf8)).prefix(32))
    digits[12] = "8"
    digits[16] = ["8", "9", "a", "b"][(digits[16].hexDigitValue ?? 0) % 4]
    let ends = [0, 8, 12, 16, 20, 32]
    return zip(ends, ends.dropFirst()).map { String(digits[$0..<$1]) }.joined(separator: "-")
  }
}

/// A number that a sweep minimises or maximises.
public struct SweepObjective: Sendable, Equatable {
  /// The direction of improvement.
  public enum Goal: String, Sendable, CaseIterable {
    /// Smaller is better.
    case minimise
    /// Larger is better.
    case maximise
  }

  /// Its name, unique in its sweep.
  public let name: String
  /// The direction of improvement.
  public let goal: Goal

  /// Describes an objective.
  public init(_ name: String, _ goal: Goal) {
    self.name = name
    self.goal = goal
  }

  /// A value as a loss, low is good; a NaN is worse than any number.
  public func loss(of value: Double) -> Double {
    value.isNaN ? .infinity : goal == .minimise ? value : -value
  }
}

/// The limits of a sweep's trials.
///
/// They may change when a sweep is resumed.
public struct SweepBudget: Sendable, Equatable {
  /// How many trials are to be finished; pruned and failed ones do not count.
  public var trials: Int
  /// How many trials there may be in any state, so that a sweep whose trials all fail ends.
  public var trialLimit: Int
  /// How many workers may die on one trial before it counts as failed.
  public var attemptLimit: Int

  /// Sets the limits; all are positive.
  public init(trials: Int, trialLimit: Int? = nil, attemptLimit: Int = 3) {
    self.trials = trials
    self.trialLimit = trialLimit ?? Self.usualLimit(trials: trials)
    self.attemptLimit = attemptLimit
  }

  /// Twenty trials for each that is to be finished, which pruners leave room for.
  public static func usualLimit(trials: Int) -> Int {
    trials.multipliedReportingOverflow(by: 20).overflow ? .max : trials * 20
  }
}

/// What is kept of a sweep's trials.
///
/// Continuing a sweep may change it.
public struct SweepRetention: Sendable, Equatable {
  /// Of which trials something is kept.
  public enum Extent: String, Sendable, CaseIterable {
    /// Of every one.
    case all
    /// Of the best one; with several objectives, of those that none other beats in all.
    case best
    /// Of none.
    case none
  }

  /// The pixels of adversarial images.
  public var pixels: Extent
  /// The weights of trained models, and the checkpoints of trainings that were given up.
  public var models: Extent

  /// Sets what is kept; everything unless told otherwise.
  public init(pixels: Extent = .all, models: Extent = .all) {
    self.pixels = pixels
    self.models = models
  }
}
