public import Classifier

/// The rectifier: max(0, x), element by element.
public struct ReLU: Layer {
  /// The layer's name within its network, such as "relu3".
  public let name: String
  /// The shape of inputs and outputs.
  public let input: ImageShape
  /// The shape of the outputs, which is that of the inputs.
  public var output: ImageShape { input }

  /// Creates a rectifier of images of the given shape.
  public init(name: String, input: ImageShape) {
    self.name = name
    self.input = input
  }

  /// Computes max(0, x) for each element.
  public func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall
  ) {
    for index in 0..<call.rows * input.count { y[index] = x[index] > 0 ? x[index] : 0 }
  }

  /// Passes the gradient where the output is positive, and takes the derivative at zero as 0.
  public func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall
  ) {
    guard let inputGradient else { return }
    for index in 0..<call.rows * input.count {
      // Read in any case: a branch that no one can predict would cost more than all the rest.
      let slope = outputGradient[index]
      inputGradient[index] = y[index] > 0 ? slope : 0
    }
  }
}
