internal import CKernels

/// A convolution without padding, stride 1, then max-pooling over 2 x 2 pixels and a rectifier, all
/// in one: what a window's four pixels come to never leaves the registers.
///
/// Rows and columns that fill no window are left out. Of each window one pixel has a gradient at
/// most, the first of the largest, so the backward pass goes over those pixels only, a quarter of
/// all or less.
public struct PooledConvolution: Layer {
  /// The layer's name.
  public let name: String
  /// The shape of one input.
  public let input: ImageShape
  /// The side of a filter.
  public let kernel: Int
  /// The number of filters, which are the output channels.
  public let filters: Int

  /// Creates a layer of `filters` square filters of side `kernel`.
  ///
  /// - Precondition: The filters fit into the input and leave a window at least.
  public init(name: String, input: ImageShape, kernel: Int, filters: Int) {
    precondition(
      kernel > 0 && kernel < min(input.height, input.width),
      "a filter of side \(kernel) does not fit into \(input.height) x \(input.width)")
    self.name = name
    self.input = input
    self.kernel = kernel
    self.filters = filters
  }

  /// One pixel a window of the convolution's; rows and columns that fill no window are left out.
  public var output: ImageShape {
    ImageShape(
      height: (input.height - kernel + 1) / 2, width: (input.width - kernel + 1) / 2,
      channels: filters)
  }

  /// Weights as [filters, kernel, kernel, input channels], row by row, then one bias a filter.
  public var parameterCount: Int { filters * (patchSize + 1) }
  /// One patch of the input.
  public var fanIn: Int? { patchSize }
  /// One for each filter.
  public var biasCount: Int { filters }
  /// The parameters in the layout of the kernels, and lists of gradients.
  public var scratchCount: Int {
    withUnsafePointer(to: shape) { Int(kernels_scratch_count($0)) }
  }
  /// Which pixel of each window was the largest: a byte an output.
  public var keptWordCount: Int { (output.count + 3) / 4 }

  private var patchSize: Int { kernel * kernel * input.channels }

  private var shape: kernels_convolution {
    kernels_convolution(
      height: Int64(input.height), width: Int64(input.width), channels: Int64(input.channels),
      kernel: Int64(kernel), filters: Int64(filters))
  }

  /// Computes convolution, pooling and rectifier.
  public func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall
  ) {
    withUnsafePointer(to: shape) { shape in
      kernels_convolve(
        shape, x, Int64(call.rows), call.parameters, y, winners(call), call.scratch)
    }
  }

  /// Computes the gradients from what is not zero of the outputs'.
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
