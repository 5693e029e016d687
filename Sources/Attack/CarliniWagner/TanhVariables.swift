internal import Foundation

/// The variable w whose image (tanh(w) + 1) / 2 is, but for a millionth, the given one; black and
/// white stay finite.
func tanhVariable(of element: Float) -> Float {
  Float(atanh((2 * Double(element) - 1) * 0.999999))
}

/// Adam's learning rate with the correction of both moments, for `kernels_tanh_descent`.
///
/// - Parameters:
///   - rate: The learning rate without it.
///   - step: The number of the step, from 1.
/// - Returns: The rate of that step.
func adamRate(_ rate: Double, step: Int) -> Float {
  Float(rate * (1 - pow(0.999, Double(step))).squareRoot() / (1 - pow(0.9, Double(step))))
}
