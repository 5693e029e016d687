public import Classifier
internal import CKernels
internal import Tensor

/// A fully connected layer: y = W x + b.
///
/// Its parameters are W as [outputs, inputs], row by row, then b.
public struct Dense: Layer {
  /// The layer's name within its network, such as "dense1".
  public let name: String
  /// The shape of one input, of which only the number of elements matters.
  public let input: ImageShape
  /// A vector with one element for each output.
  public let output: ImageShape

  /// The factor of the squared weights and biases in the loss.
  public let l2: Double

  /// Creates a layer that maps `input.count` values to `outputs`.
  ///
  /// - Parameters:
  ///   - name: The layer's name within its network.
  ///   - input: The shape of one input.
  ///   - outputs: The number of outputs.
  ///   - l2: The factor of the squared weights and biases in the loss, at least 0.
  public init(name: String, input: ImageShape, outputs: Int, l2: Double = 0) {
    self.name = name
    self.l2 = l2
    self.input = input
    output = .vector(outputs)
  }

  /// The number of weights, inputs times outputs, plus one bias per output.
  public var parameterCount: Int { (input.count + 1) * output.count }
  /// The number of inputs, since each output is a weighted sum of them all.
  public var fanIn: Int? { input.count }
  /// The number of outputs, since each input has a part in them all.
  public var fanOut: Int? { output.count }
  /// One bias per output.
  public var biasCount: Int { output.count }

  /// Room for the weights of a narrow layer, in the layout of its kernel.
  public var scratchCount: Int { isNarrow ? (input.count + 1) * Int(KERNELS_NARROW) : 0 }

  private var biasOffset: Int { input.count * output.count }
  /// Whether the outputs are as few as classes are: then a kernel of its own does better than the
  /// matrix product.
  var isNarrow: Bool { output.count <= Int(KERNELS_NARROW) }

  /// Computes W x + b for each row.
  public func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall
  ) {
    guard !isNarrow else {
      kernels_narrow_dense(
        x, Int64(call.rows), Int64(input.count), Int64(output.count), call.parameters, y,
        call.scratch)
      return
    }
    fillRows(of: y, rows: call.rows, with: call.parameters + biasOffset, count: output.count)
    MatrixProduct.multiply(
      x, .plain, call.parameters, .transposed, into: y,
      m: call.rows, n: output.count, k: input.count, accumulating: true)
  }

  /// Computes the gradients: Wᵀ g for the input, g xᵀ for the weights and g for the biases.
  public func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall
  ) {
    if let parameterGradient {
      MatrixProduct.multiply(
        outputGradient, .transposed, x, .plain, into: parameterGradient,
        m: output.count, n: input.count, k: call.rows)
      let biasGradient = parameterGradient + biasOffset
      biasGradient.update(repeating: 0, count: output.count)
      addRows(of: outputGradient, rows: call.rows, to: biasGradient, count: output.count)
    }
    if let inputGradient {
      MatrixProduct.multiply(
        outputGradient, .plain, call.parameters, .plain, into: inputGradient,
        m: call.rows, n: input.count, k: output.count)
    }
  }
}

/// Sets each of `rows` rows of `count` elements to `values`.
func fillRows(
  of matrix: UnsafeMutablePointer<Float>, rows: Int, with values: UnsafePointer<Float>, count: Int
) {
  for row in 0..<rows { (matrix + row * count).update(from: values, count: count) }
}

/// Adds each of `rows` rows of `count` elements to `sums`, in the order of the rows.
func addRows(
  of matrix: UnsafePointer<Float>, rows: Int, to sums: UnsafeMutablePointer<Float>, count: Int
) {
  for row in 0..<rows {
    let values = matrix + row * count
    for index in 0..<count { sums[index] += values[index] }
  }
}
