public import Classifier
public import Tensor

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
  /// How many outputs each input has a part in, or nil if the layer has no parameters.
  var fanOut: Int? { get }
  /// How many of the parameters are biases, which follow the weights.
  var biasCount: Int { get }
  /// How many of the parameters are running statistics of the inputs, which are the last ones.
  ///
  /// Training does not descend along them. What the backward pass writes in the place of their
  /// gradient is the batch's statistic times the number of rows.
  var statisticCount: Int { get }
  /// The factor of the squared weights and biases in the loss, at least 0.
  var l2: Double { get }
  /// The layer's parameters by the way in which training moves them, in order.
  var parameterGroups: [ParameterGroup] { get }
  /// Whether the layer drops elements at random where dropout is on.
  var dropsElements: Bool { get }
  /// How many floats of scratch memory a call needs.
  var scratchCount: Int { get }
  /// How many 32-bit words per image a forward pass keeps for the backward pass.
  var keptWordCount: Int { get }

  /// Draws the layer's parameters before training.
  ///
  /// - Parameters:
  ///   - initialisation: The distribution of the weights.
  ///   - stream: Where the random numbers come from.
  ///   - pass: The numbers' pass, which the layer shares with no other.
  /// - Returns: `parameterCount` numbers.
  func initialParameters(
    _ initialisation: Initialisation, from stream: RandomStream, pass: UInt32
  ) -> [Float]

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
  /// Nil, for layers without parameters.
  public var fanOut: Int? { nil }
  /// 0, for layers without biases.
  public var biasCount: Int { 0 }
  /// 0, for layers that remember no statistics.
  public var statisticCount: Int { 0 }
  /// 0, for layers whose parameters the loss leaves alone.
  public var l2: Double { 0 }
  /// Weights, biases and statistics, for layers that do not consist of others.
  public var parameterGroups: [ParameterGroup] {
    let weights = parameterCount - biasCount - statisticCount
    return [
      ParameterGroup(.weights, count: weights, l2: l2),
      ParameterGroup(.biases, count: biasCount, l2: l2),
      ParameterGroup(.statistics, count: statisticCount),
    ].filter { $0.count > 0 }
  }
  /// False, for layers that are the same in every pass.
  public var dropsElements: Bool { false }
  /// 0, for layers that need no scratch memory.
  public var scratchCount: Int { 0 }
  /// 0, for layers whose backward pass needs only inputs and outputs.
  public var keptWordCount: Int { 0 }

  /// Draws weights by the initialisation, and sets every bias to what it says.
  public func initialParameters(
    _ initialisation: Initialisation, from stream: RandomStream, pass: UInt32
  ) -> [Float] {
    guard let fanIn else { return [] }
    let weights = initialisation.weights(
      count: parameterCount - biasCount, fanIn: fanIn, fanOut: fanOut ?? fanIn, from: stream,
      pass: pass)
    return weights + [Float](repeating: initialisation.bias, count: biasCount)
  }
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
  /// Whether this is a step of training, whose batch is normalised by its own statistics.
  public let isTraining: Bool
}

/// Consecutive parameters that training moves alike.
public struct ParameterGroup: Sendable, Equatable {
  /// What parameters are for.
  public enum Kind: Sendable {
    /// Factors of inputs, which weight decay shrinks.
    case weights
    /// Biases, and scales of normalised inputs.
    case biases
    /// Running statistics, which follow those of the batches.
    case statistics
  }

  /// What the parameters are for.
  public let kind: Kind
  /// How many there are.
  public let count: Int
  /// The factor of their squares in the loss, at least 0.
  public let l2: Double

  /// Describes so many parameters.
  public init(_ kind: Kind, count: Int, l2: Double = 0) {
    self.kind = kind
    self.count = count
    self.l2 = l2
  }
}
