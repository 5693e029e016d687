/// The search for the constant c that weighs an attack's loss against the distance: the smallest one
/// at which the attack succeeds.
///
/// Times ten until the attack succeeds, then by bisection. With ten or more steps the last one is at
/// the smallest constant that was seen to succeed.
struct ConstantSearch {
  /// The constant of this step.
  private(set) var constant: Double
  /// How many steps are finished.
  private(set) var finishedSteps = 0
  private var lower = 0.0
  private var upper = Double.infinity
  private let steps: Int

  init(initial: Double, steps: Int) {
    constant = initial
    self.steps = steps
  }

  /// Whether all steps are finished.
  var isFinished: Bool { finishedSteps >= steps }

  /// Ends a step.
  ///
  /// - Parameter hasSucceeded: Whether any image of the step was adversarial.
  mutating func finishStep(hasSucceeded: Bool) {
    if hasSucceeded {
      upper = min(upper, constant)
    } else {
      lower = max(lower, constant)
    }
    finishedSteps += 1
    if upper == .infinity {
      constant *= 10
    } else if steps >= 10 && finishedSteps == steps - 1 {
      constant = upper
    } else {
      constant = (lower + upper) / 2
    }
  }
}
