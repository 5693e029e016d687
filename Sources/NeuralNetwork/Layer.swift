/// One layer of a network: a differentiable function of images with parameters.
///
/// A layer is a value that holds only sizes. Its parameters are a range of the network's one array,
/// and the caller provides its memory. One layer can therefore serve any number of workers at a
/// time.
public protocol Layer: Sendable {
  /// The layer's name within its network, such as "conv1".
  var name: String { get }
  /// The shape of one input image.
  var input: ImageShape { get }
  /// The shape of one output image.
  var output: ImageShape { get }
  /// The number of weights and biases together.
  var parameterCount: Int { get }
  /// How many inputs each output is a weighted sum of, or nil if the layer has no parameters.
  ///
  /// The range of the initial weights depends on it.
  var fanIn: Int? { get }
  /// How many of the parameters are biases, which are the last ones.
  var biasCount: Int { get }
  /// How many floats of scratch memory a call needs.
  var scratchCount: Int { get }
  /// How many 32-bit words per image a forward pass keeps for the backward pass.
  var keptWordCount: Int { get }

  /// Computes the outputs of `call.rows` images.
  ///
  /// - Parameters:
  ///   - x: The inputs, [rows, input].
  ///   - y: Room for the outputs, [rows, output].
  ///   - call: Parameters, scratch memory and the dropout of this call.
  func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall)

  /// Computes the gradients of the preceding forward pass.
  ///
  /// - Parameters:
  ///   - x: The inputs of the forward pass, [rows, input].
  ///   - y: Its outputs, [rows, output].
  ///   - outputGradient: The loss's gradient with respect to the outputs, [rows, output].
  ///   - inputGradient: Room for the loss's gradient with respect to the inputs, [rows, input].
  ///     Pass nil to skip it.
  ///   - parameterGradient: Room for the loss's gradient with respect to the parameters. The layer
  ///     sums it over the rows and overwrites what was there. Pass nil to skip it.
  ///   - call: The call that the forward pass received.
  func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall)
}

extension Layer {
  /// 0, for layers without parameters.
  public var parameterCount: Int { 0 }
  /// Nil, for layers without parameters.
  public var fanIn: Int? { nil }
  /// 0, for layers without biases.
  public var biasCount: Int { 0 }
  /// 0, for layers that need no scratch memory.
  public var scratchCount: Int { 0 }
  /// 0, for layers whose backward pass needs only inputs and outputs.
  public var keptWordCount: Int { 0 }
}

/// The arguments of a layer besides its inputs.
public struct LayerCall {
  /// The number of images in the batch.
  public let rows: Int
  /// The layer's own parameters, weights before biases.
  public let parameters: UnsafePointer<Float>
  /// Scratch memory for the layer's `scratchCount` floats, undefined between calls.
  public let scratch: UnsafeMutablePointer<Float>
  /// Whether and how dropout layers drop elements in this call.
  public let dropout: DropoutMode
  /// What the forward pass keeps for the backward pass, `keptWordCount` words per image.
  public let kept: UnsafeMutablePointer<UInt32>
}
