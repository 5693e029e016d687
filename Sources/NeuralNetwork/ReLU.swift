/// The rectifier: max(0, x), element by element.
public struct ReLU: Layer {
  /// The layer's name.
  public let name: String
  /// The shape of inputs and outputs.
  public let input: ImageShape
  /// The shape of inputs and outputs.
  public var output: ImageShape { input }

  /// Creates a rectifier of images of the given shape.
  public init(name: String, input: ImageShape) {
    self.name = name
    self.input = input
  }

  /// Computes max(0, x).
  public func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall
  ) {
    for index in 0..<call.rows * input.count { y[index] = x[index] > 0 ? x[index] : 0 }
  }

  /// Lets the gradient through where the output is positive; at zero the derivative is taken as 0.
  public func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall
  ) {
    guard let inputGradient else { return }
    for index in 0..<call.rows * input.count {
      inputGradient[index] = y[index] > 0 ? outputGradient[index] : 0
    }
  }
}
