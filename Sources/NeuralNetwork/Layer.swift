/// One layer of a network: a differentiable function of images with parameters.
///
/// A layer is a value that holds sizes only. Its parameters are a range of the network's one array,
/// its memory comes from the caller, so that one layer serves any number of workers at a time.
public protocol Layer: Sendable {
  /// The layer's name within its network, such as "conv1".
  var name: String { get }
  /// The shape of one input image.
  var input: ImageShape { get }
  /// The shape of one output image.
  var output: ImageShape { get }
  /// The number of parameters.
  var parameterCount: Int { get }
  /// How many inputs each output is a weighted sum of; the initial parameters are drawn by it. Nil
  /// if the layer has no parameters.
  var fanIn: Int? { get }
  /// How many of the parameters, the last ones, are biases.
  var biasCount: Int { get }
  /// How many floats of scratch memory a call needs.
  var scratchCount: Int { get }
  /// How many 32-bit words a forward pass keeps for the backward pass, for each image.
  var keptWordCount: Int { get }

  /// Computes the outputs of `call.rows` images.
  ///
  /// - Parameters:
  ///   - x: The inputs, [rows, input].
  ///   - y: Room for the outputs, [rows, output].
  ///   - call: Parameters, scratch memory and the dropout of this call.
  func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall)

  /// Computes the gradients of the call whose forward pass went before.
  ///
  /// - Parameters:
  ///   - x: The inputs of the forward pass, [rows, input].
  ///   - y: Its outputs, [rows, output].
  ///   - outputGradient: The loss's gradient with respect to the outputs, [rows, output].
  ///   - inputGradient: Room for that with respect to the inputs, [rows, input]; nil if not wanted.
  ///   - parameterGradient: Room for that with respect to the parameters, summed over the rows and
  ///     not added to what was there; nil if not wanted.
  ///   - call: The same call that the forward pass was given.
  func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall)
}

extension Layer {
  /// None by default.
  public var parameterCount: Int { 0 }
  /// None by default.
  public var fanIn: Int? { nil }
  /// None by default.
  public var biasCount: Int { 0 }
  /// None by default.
  public var scratchCount: Int { 0 }
  /// None by default.
  public var keptWordCount: Int { 0 }
}

/// The arguments of a layer beside its inputs.
public struct LayerCall {
  /// The number of images.
  public let rows: Int
  /// The layer's own parameters.
  public let parameters: UnsafePointer<Float>
  /// Scratch memory of the layer's `scratchCount` floats, undefined between calls.
  public let scratch: UnsafeMutablePointer<Float>
  /// The dropout of this call.
  public let dropout: DropoutMode
  /// What the layer keeps of its forward pass for its backward pass: `keptWordCount` words an image.
  public let kept: UnsafeMutablePointer<UInt32>
}
