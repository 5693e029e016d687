public import Classifier
internal import CKernels

/// Where zeros surround an image before filters slide over it.
public enum Padding: Sendable, Equatable {
  /// Nowhere: filters lie wholly in the image.
  case valid
  /// As many as give an output as large as the input, divided by the stride and rounded up.
  ///
  /// Where the number is odd, there is one more below and to the right, as in TensorFlow.
  case same
  /// So many on each side.
  case pixels(Int)

  /// The zeros before and behind a line of pixels.
  func zeros(length: Int, kernel: Int, stride: Int) -> (before: Int, behind: Int) {
    switch self {
    case .valid: return (0, 0)
    case .pixels(let count): return (count, count)
    case .same:
      let outputs = (length + stride - 1) / stride
      let total = max(0, (outputs - 1) * stride + kernel - length)
      return (total / 2, total - total / 2)
    }
  }
}

/// A convolution with square filters.
public struct Convolution: Layer {
  /// The layer's name within its network, such as "conv1".
  public let name: String
  /// The shape of one input.
  public let input: ImageShape
  /// The shape of one output, with a channel for each filter.
  public let output: ImageShape
  /// The side of a filter, in pixels.
  public let kernel: Int
  /// The pixels from one place of a filter to the next.
  public let stride: Int
  /// The rows of zeros above and below the image.
  public let rowPadding: (before: Int, behind: Int)
  /// The columns of zeros to the left and right.
  public let columnPadding: (before: Int, behind: Int)
  /// Whether each filter has a bias.
  public let hasBias: Bool

  /// Creates a layer of `filters` square filters of side `kernel`.
  ///
  /// - Precondition: There are filters, and they fit into the padded input. Zeros are fewer than the
  ///   filters' side.
  public init(
    name: String, input: ImageShape, kernel: Int, filters: Int, stride: Int = 1,
    padding: Padding = .valid, hasBias: Bool = true
  ) {
    precondition(kernel > 0 && filters > 0 && stride > 0, "a convolution needs filters and steps")
    rowPadding = padding.zeros(length: input.height, kernel: kernel, stride: stride)
    columnPadding = padding.zeros(length: input.width, kernel: kernel, stride: stride)
    let height = input.height + rowPadding.before + rowPadding.behind
    let width = input.width + columnPadding.before + columnPadding.behind
    precondition(
      kernel <= min(height, width) && max(rowPadding.before, columnPadding.before) < kernel,
      "a filter of side \(kernel) does not fit into \(height) x \(width)")
    self.name = name
    self.input = input
    self.kernel = kernel
    self.stride = stride
    self.hasBias = hasBias
    output = ImageShape(
      height: (height - kernel) / stride + 1, width: (width - kernel) / stride + 1,
      channels: filters)
  }

  /// The number of filters, which are the output channels.
  public var filters: Int { output.channels }
  /// Weights as [filters, kernel, kernel, input channels], row by row, then the biases.
  public var parameterCount: Int { weightCount + biasCount }
  /// The elements of one patch of the input, [kernel, kernel, input channels].
  public var fanIn: Int? { kernel * kernel * input.channels }
  /// The elements of one filter over all filters.
  public var fanOut: Int? { kernel * kernel * filters }
  /// One bias per filter, or none.
  public var biasCount: Int { hasBias ? filters : 0 }
  /// Room for weights in the layout of the kernels, and for an image with zeros around it.
  public var scratchCount: Int {
    withUnsafePointer(to: shape) { Int(kernels_correlation_scratch_count($0)) }
  }

  private var weightCount: Int { filters * kernel * kernel * input.channels }

  private var shape: kernels_correlation {
    kernels_correlation(
      height: Int64(input.height), width: Int64(input.width), channels: Int64(input.channels),
      kernel: Int64(kernel), filters: Int64(filters), stride: Int64(stride),
      top: Int64(rowPadding.before), left: Int64(columnPadding.before),
      padded_height: Int64(input.height + rowPadding.before + rowPadding.behind),
      padded_width: Int64(input.width + columnPadding.before + columnPadding.behind),
      output_height: Int64(output.height), output_width: Int64(output.width))
  }

  /// Computes the convolution of each row.
  public func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall
  ) {
    withUnsafePointer(to: shape) { shape in
      kernels_correlate(
        shape, x, Int64(call.rows), call.parameters, hasBias ? call.parameters + weightCount : nil,
        y, call.scratch)
    }
  }

  /// Computes the gradients of weights, biases and inputs.
  public func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall
  ) {
    withUnsafePointer(to: shape) { shape in
      if let parameterGradient {
        kernels_correlation_parameter_gradient(
          shape, x, outputGradient, Int64(call.rows), parameterGradient,
          hasBias ? parameterGradient + weightCount : nil, call.scratch)
      }
      if let inputGradient {
        kernels_correlation_input_gradient(
          shape, outputGradient, Int64(call.rows), call.parameters, inputGradient, call.scratch)
      }
    }
  }
}
