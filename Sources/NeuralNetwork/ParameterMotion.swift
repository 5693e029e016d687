/// Which of a network's parameters a step of training moves in which way.
struct ParameterMotion: Sendable {
  /// What happens to parameters in a step.
  enum Way: Sendable, Equatable {
    /// The optimizer moves them.
    ///
    /// First the gradient gets `penalty` times the parameter, and the parameter shrinks by `decay`
    /// times the learning rate.
    case descent(penalty: Double, decay: Double)
    /// They follow the batch's statistics.
    case statistics
  }

  /// The parameters in order, in as few pieces as there are changes of the way.
  private(set) var pieces: [(range: Range<Int>, way: Way)] = []

  private let plan: TrainingPlan

  /// How much of a running statistic remains in a step; the batch's makes up the rest.
  private static let memory: Float = 0.9

  /// Goes through the parameters of an architecture.
  init(_ architecture: Architecture, plan: TrainingPlan) {
    self.plan = plan
    var end = 0
    for group in architecture.layers.flatMap(\.parameterGroups) where group.count > 0 {
      let range = end..<end + group.count
      end = range.upperBound
      let way = Self.way(of: group, plan: plan)
      if let last = pieces.last, last.way == way {
        pieces[pieces.count - 1].range = last.range.lowerBound..<range.upperBound
      } else {
        pieces.append((range, way))
      }
    }
    precondition(end == architecture.parameterCount, "the groups are not all of the parameters")
  }

  private static func way(of group: ParameterGroup, plan: TrainingPlan) -> Way {
    guard group.kind != .statistics else { return .statistics }
    // The slope of the squared parameter, which the loss has with this factor.
    let penalty = 2 * group.l2
    guard group.kind == .weights else { return .descent(penalty: penalty, decay: 0) }
    return plan.optimizer.decouplesDecay
      ? .descent(penalty: penalty, decay: plan.weightDecay)
      : .descent(penalty: penalty + plan.weightDecay, decay: 0)
  }

  /// Moves a range of parameters.
  ///
  /// - Parameters:
  ///   - parameters: The parameters, changed in place.
  ///   - gradient: The batch's gradient; what is outside `range` is left alone.
  ///   - moments: What the optimizer remembers.
  ///   - stride: How many parameters there are in all.
  ///   - range: Which to move.
  ///   - step: The number of this step, counted from 1.
  ///   - factor: What the schedule multiplies the learning rate by.
  ///   - batch: The number of images in the batch.
  func move(
    _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>,
    moments: UnsafeMutablePointer<Float>, stride: Int, range: Range<Int>, step: Int,
    factor: Double, batch: Int
  ) {
    for piece in pieces {
      let range = piece.range.clamped(to: range)
      guard !range.isEmpty else { continue }
      switch piece.way {
      case .statistics:
        for index in range {
          parameters[index] =
            Self.memory * parameters[index] + (1 - Self.memory) * gradient[index] / Float(batch)
        }
      case .descent(let penalty, let decay):
        if penalty > 0 {
          for index in range { gradient[index] += Float(penalty) * parameters[index] }
        }
        if decay > 0 {
          let rest = Float(1 - plan.optimizer.learningRate * factor * decay)
          for index in range { parameters[index] *= rest }
        }
        plan.optimizer.update(
          parameters, gradient: gradient, moments: moments, stride: stride, range: range,
          step: step, factor: factor)
      }
    }
  }
}
