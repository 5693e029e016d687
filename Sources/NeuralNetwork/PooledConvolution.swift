public import Classifier
internal import CKernels

/// A convolution with stride 1 and no padding, then 2 x 2 max-pooling and a rectifier, in one pass.
///
/// The values of a window's four pixels never leave the registers. The layer omits rows and columns
/// that fill no window. At most one pixel of each window has a gradient, the first of the largest.
/// The backward pass therefore visits only those pixels, a quarter of all or fewer.
public struct PooledConvolution: Layer {
  /// The layer's name within its network, such as "conv1".
  public let name: String
  /// The shape of one input.
  public let input: ImageShape
  /// The side of a filter, in pixels.
  public let kernel: Int
  /// The number of filters, which are the output channels.
  public let filters: Int

  /// Creates a layer of `filters` square filters of side `kernel`.
  ///
  /// - Precondition: The filters fit into the input and leave at least one window.
  public init(name: String, input: ImageShape, kernel: Int, filters: Int) {
    precondition(
      kernel > 0 && kernel < min(input.height, input.width),
      "a filter of side \(kernel) does not fit into \(input.height) x \(input.width)")
    self.name = name
    self.input = input
    self.kernel = kernel
    self.filters = filters
  }

  /// One pixel per window of the convolution, without rows and columns that fill no window.
  public var output: ImageShape {
    ImageShape(
      height: (input.height - kernel + 1) / 2, width: (input.width - kernel + 1) / 2,
      channels: filters)
  }

  /// Weights as [filters, kernel, kernel, input channels], row by row, then one bias per filter.
  public var parameterCount: Int { filters * (patchSize + 1) }
  /// The elements of one patch of the input, [kernel, kernel, input channels].
  public var fanIn: Int? { patchSize }
  /// The elements of one filter over all filters, since a pixel has a part in as many.
  public var fanOut: Int? { kernel * kernel * filters }
  /// One bias per filter.
  public var biasCount: Int { filters }
  /// Room for the parameters in the layout of the kernels, and for lists of gradients.
  public var scratchCount: Int {
    withUnsafePointer(to: shape) { Int(kernels_scratch_count($0)) }
  }
  /// Room for one byte per output, which says which pixel of the window was the largest.
  public var keptWordCount: Int { (output.count + 3) / 4 }

  private var patchSize: Int { kernel * kernel * input.channels }

  private var shape: kernels_convolution {
    kernels_convolution(
      height: Int64(input.height), width: Int64(input.width), channels: Int64(input.channels),
      kernel: Int64(kernel), filters: Int64(filters))
  }

  /// Computes convolution, pooling and rectifier of each row.
  public func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall
  ) {
    withUnsafePointer(to: shape) { shape in
      kernels_convolve(
        shape, x, Int64(call.rows), call.parameters, y, winners(call), call.scratch)
    }
  }

  /// Computes the gradients, visiting only the outputs whose gradient is not zero.
  public func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall
  ) {
    withUnsafePointer(to: shape) { shape in
      if let parameterGradient {
        kernels_parameter_gradient(
          shape, x, outputGradient, winners(call), Int64(call.rows), parameterGradient,
          call.scratch)
      }
      if let inputGradient {
        kernels_input_gradient(
          shape, outputGradient, winners(call), Int64(call.rows), call.parameters, inputGradient,
          call.scratch)
      }
    }
  }

  private func winners(_ call: LayerCall) -> UnsafeMutablePointer<UInt8> {
    UnsafeMutableRawPointer(call.kept).assumingMemoryBound(to: UInt8.self)
  }
}
