internal import Tensor

/// A convolution without padding, stride 1: im2col and one matrix product a block of images.
///
/// Parameters: weights as [filters, kernel, kernel, input channels], row by row, then one bias a
/// filter.
public struct Convolution: Layer {
  /// The layer's name.
  public let name: String
  /// The shape of one input.
  public let input: ImageShape
  /// The side of a filter.
  public let kernel: Int
  /// How many filters, that is, output channels, there are.
  public let filters: Int

  /// Creates a layer of `filters` square filters of side `kernel`.
  ///
  /// - Precondition: The filters fit into the input.
  public init(name: String, input: ImageShape, kernel: Int, filters: Int) {
    precondition(
      kernel > 0 && kernel <= min(input.height, input.width),
      "a filter of side \(kernel) does not fit into \(input.height) x \(input.width)")
    self.name = name
    self.input = input
    self.kernel = kernel
    self.filters = filters
  }

  /// [height - kernel + 1, width - kernel + 1, filters].
  public var output: ImageShape {
    ImageShape(
      height: input.height - kernel + 1, width: input.width - kernel + 1, channels: filters)
  }

  /// Weights and biases.
  public var parameterCount: Int { filters * (patches.size + 1) }
  /// One patch of the input.
  public var fanIn: Int? { patches.size }
  /// One a filter.
  public var biasCount: Int { filters }
  /// The patches of one block of images.
  public var scratchCount: Int { imagesPerBlock * patches.countPerImage }

  private var patches: Patches { Patches(input: input, kernel: kernel) }
  private var biasOffset: Int { filters * patches.size }

  /// How many images are laid out as patches at a time: as many as keep them in the second-level
  /// cache.
  private var imagesPerBlock: Int { max(1, 131_072 / patches.countPerImage) }

  /// Calls `body` for each block of images with its first row and number of rows.
  private func forEachBlock(rows: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
    for first in stride(from: 0, to: rows, by: imagesPerBlock) {
      body(first, min(imagesPerBlock, rows - first))
    }
  }

  /// Computes the convolution.
  public func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall
  ) {
    let pixels = output.height * output.width
    fillRows(
      of: y, rows: call.rows * pixels, with: call.parameters + biasOffset, count: filters)
    forEachBlock(rows: call.rows) { first, count in
      patches.gather(x + first * input.count, images: count, into: call.scratch)
      MatrixProduct.multiply(
        call.scratch, patches.orientation, call.parameters, .transposed,
        into: y + first * output.count,
        m: count * pixels, n: filters, k: patches.size, accumulating: true)
    }
  }

  /// Computes the gradients; the patches are gathered again, which is cheaper than keeping them.
  public func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall
  ) {
    let pixels = output.height * output.width
    if let parameterGradient {
      forEachBlock(rows: call.rows) { first, count in
        patches.gather(x + first * input.count, images: count, into: call.scratch)
        MatrixProduct.multiply(
          outputGradient + first * output.count, .transposed, call.scratch, patches.orientation,
          into: parameterGradient,
          m: filters, n: patches.size, k: count * pixels, accumulating: first > 0)
      }
      let biasGradient = parameterGradient + biasOffset
      biasGradient.update(repeating: 0, count: filters)
      addRows(of: outputGradient, rows: call.rows * pixels, to: biasGradient, count: filters)
    }
    if let inputGradient {
      inputGradient.update(repeating: 0, count: call.rows * input.count)
      forEachBlock(rows: call.rows) { first, count in
        patches.productOfGradients(
          outputGradient + first * output.count, weights: call.parameters, images: count,
          filters: filters, into: call.scratch)
        patches.scatterAdding(
          call.scratch, images: count, to: inputGradient + first * input.count)
      }
    }
  }
}
