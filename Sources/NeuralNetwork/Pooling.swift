public import Classifier
internal import CKernels

/// Pooling: one output for each window of pixels, channel by channel.
///
/// Windows lie wholly in the image; rows and columns that fill no window have no part.
public struct Pooling: Layer {
  /// What an output is of its window.
  public enum Kind: Sendable {
    /// The largest value; its gradient goes to the first of the largest.
    case maximum
    /// The mean.
    case average
  }

  /// The layer's name within its network, such as "pool1".
  public let name: String
  /// The shape of one input.
  public let input: ImageShape
  /// The shape of one output.
  public let output: ImageShape
  /// What an output is of its window.
  public let kind: Kind
  /// The rows and columns of a window.
  public let window: (height: Int, width: Int)
  /// The pixels from one window to the next.
  public let stride: Int

  /// Creates a layer with square windows.
  ///
  /// - Precondition: A window fits into the input.
  public init(_ kind: Kind, name: String, input: ImageShape, size: Int, stride: Int) {
    self.init(kind, name: name, input: input, window: (size, size), stride: stride)
  }

  /// Creates a layer with one window, the whole image, whose mean is the output.
  public static func globalAverage(name: String, input: ImageShape) -> Pooling {
    Pooling(.average, name: name, input: input, window: (input.height, input.width), stride: 1)
  }

  private init(
    _ kind: Kind, name: String, input: ImageShape, window: (height: Int, width: Int), stride: Int
  ) {
    precondition(
      window.height > 0 && window.width > 0 && stride > 0 && window.height <= input.height
        && window.width <= input.width,
      "a window of \(window) does not fit into \(input.height) x \(input.width)")
    self.kind = kind
    self.name = name
    self.input = input
    self.window = window
    self.stride = stride
    output = ImageShape(
      height: (input.height - window.height) / stride + 1,
      width: (input.width - window.width) / stride + 1, channels: input.channels)
  }

  private var shape: kernels_pooling {
    kernels_pooling(
      height: Int64(input.height), width: Int64(input.width), channels: Int64(input.channels),
      window_height: Int64(window.height), window_width: Int64(window.width),
      stride: Int64(stride), output_height: Int64(output.height),
      output_width: Int64(output.width))
  }

  /// Pools the windows of each row.
  public func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall
  ) {
    withUnsafePointer(to: shape) { shape in
      switch kind {
      case .maximum: kernels_pool_maximum(shape, x, Int64(call.rows), y)
      case .average: kernels_pool_average(shape, x, Int64(call.rows), y)
      }
    }
  }

  /// Hands the gradients back to the pixels of the windows.
  public func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall
  ) {
    guard let inputGradient else { return }
    withUnsafePointer(to: shape) { shape in
      switch kind {
      case .maximum:
        kernels_pool_maximum_gradient(
          shape, x, y, outputGradient, Int64(call.rows), inputGradient)
      case .average:
        kernels_pool_average_gradient(shape, outputGradient, Int64(call.rows), inputGradient)
      }
    }
  }
}
