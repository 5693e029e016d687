internal import Foundation

/// How the learning rate changes while a network is trained.
///
/// The factor depends on the number of the step alone, so that resumed training goes on with it.
public struct LearningRateSchedule: Sendable, Equatable {
  /// What the learning rate does after the warm-up.
  public enum Course: Sendable, Equatable {
    /// It stays the same.
    case constant
    /// It is multiplied by a factor after each so many epochs.
    case step(epochs: Int, factor: Double)
    /// It falls along half a cosine, from the whole rate to 0 after the last step.
    ///
    /// Loshchilov and Hutter: SGDR (2017), without restarts.
    case cosine
  }

  /// What the learning rate does after the warm-up.
  public var course: Course
  /// For how many epochs the learning rate rises linearly, from that of the first step to the whole.
  public var warmupEpochs: Double

  /// Creates a schedule, by default one that changes nothing.
  ///
  /// - Precondition: A step's epochs and factor are positive, and the warm-up is not negative.
  public init(_ course: Course = .constant, warmupEpochs: Double = 0) {
    if case .step(let epochs, let factor) = course {
      precondition(epochs > 0 && factor > 0, "no step of \(epochs) epochs and factor \(factor)")
    }
    precondition(warmupEpochs >= 0, "a warm-up of \(warmupEpochs) epochs")
    self.course = course
    self.warmupEpochs = warmupEpochs
  }

  /// What to multiply the learning rate by.
  ///
  /// - Parameters:
  ///   - step: The number of the step over all epochs, counted from 0.
  ///   - stepsPerEpoch: The number of steps in an epoch.
  ///   - epochs: The number of epochs.
  /// - Returns: A number from 0 to 1, or above 1 after steps of a factor above 1.
  public func factor(step: Int, stepsPerEpoch: Int, epochs: Int) -> Double {
    let warmup = Int((warmupEpochs * Double(stepsPerEpoch)).rounded())
    let rise = step < warmup ? Double(step + 1) / Double(warmup) : 1
    switch course {
    case .constant: return rise
    case .step(let length, let factor):
      return rise * pow(factor, Double(step / stepsPerEpoch / length))
    case .cosine:
      let rest = stepsPerEpoch * epochs - warmup
      guard step >= warmup, rest > 0 else { return rise }
      return (1 + cos(.pi * Double(step - warmup) / Double(rest))) / 2
    }
  }
}
