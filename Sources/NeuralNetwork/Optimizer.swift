internal import Foundation

/// A rule that moves parameters along their gradient.
public enum Optimizer: Sendable, Equatable {
  /// Adam (Kingma and Ba 2015), with bias correction.
  case adam(
    learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// Stochastic gradient descent with momentum (Polyak): v = momentum * v + g, w = w - rate * v.
  case sgd(learningRate: Double, momentum: Double = 0.9)
  /// Adadelta (Zeiler 2012), by default with Keras' rate, decay and fuzz.
  case adadelta(learningRate: Double = 1, rho: Double = 0.95, epsilon: Double = 1e-7)

  /// How many numbers the rule remembers for each parameter.
  public var momentCount: Int {
    switch self {
    case .adam, .adadelta: 2
    case .sgd: 1
    }
  }

  /// Whether weight decay shrinks the weights beside the step instead of joining the gradient.
  ///
  /// Loshchilov and Hutter: Decoupled Weight Decay Regularization (2019). Adam would divide a decay
  /// in the gradient by the gradient's size.
  var decouplesDecay: Bool {
    switch self {
    case .adam: true
    case .sgd, .adadelta: false
    }
  }

  /// The step size before any schedule.
  var learningRate: Double {
    switch self {
    case .adam(let learningRate, _, _, _), .sgd(let learningRate, _),
      .adadelta(let learningRate, _, _):
      learningRate
    }
  }

  /// Moves a range of parameters.
  ///
  /// Elements are independent of each other, so that ranges may be moved on any threads.
  ///
  /// - Parameters:
  ///   - parameters: The parameters, changed in place.
  ///   - gradient: The gradient; elements outside `range` are not read.
  ///   - moments: What is remembered: `momentCount` arrays of `stride` elements, all zero at first.
  ///   - stride: How many parameters there are in all.
  ///   - range: Which to move.
  ///   - step: The number of this step, counted from 1.
  ///   - factor: What a schedule multiplies the learning rate by.
  func update(
    _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
    moments: UnsafeMutablePointer<Float>, stride: Int, range: Range<Int>, step: Int,
    factor: Double
  ) {
    let learningRate = learningRate * factor
    switch self {
    case .adam(_, let beta1, let beta2, let epsilon):
      let first = moments
      let second = moments + stride
      let (decay1, decay2) = (Float(beta1), Float(beta2))
      let (rest1, rest2) = (Float(1 - beta1), Float(1 - beta2))
      let size = Float(learningRate / (1 - pow(beta1, Double(step))))
      let correction = Float(1 / (1 - pow(beta2, Double(step))))
      let floor = Float(epsilon)
      for index in range {
        let slope = gradient[index]
        let mean = decay1 * first[index] + rest1 * slope
        let square = decay2 * second[index] + rest2 * slope * slope
        first[index] = mean
        second[index] = square
        parameters[index] -= size * mean / ((square * correction).squareRoot() + floor)
      }
    case .sgd(_, let momentum):
      let (rate, decay) = (Float(learningRate), Float(momentum))
      for index in range {
        let velocity = decay * moments[index] + gradient[index]
        moments[index] = velocity
        parameters[index] -= rate * velocity
      }
    case .adadelta(_, let rho, let epsilon):
      let squares = moments
      let changes = moments + stride
      let (rate, decay, rest) = (Float(learningRate), Float(rho), Float(1 - rho))
      let floor = Float(epsilon)
      for index in range {
        let slope = gradient[index]
        let square = decay * squares[index] + rest * slope * slope
        let change =
          slope * (changes[index] + floor).squareRoot() / (square + floor).squareRoot()
        squares[index] = square
        changes[index] = decay * changes[index] + rest * change * change
        parameters[index] -= rate * change
      }
    }
  }
}
