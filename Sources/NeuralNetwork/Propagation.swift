internal import Classifier
internal import Tensor

/// The memory of one worker that carries batches forward through layers and gradients back.
///
/// For a forward pass, write the images to ``input``, call ``forward(rows:parameters:dropout:)``
/// and read ``output``. For a backward pass after it, write ``outputGradient``, call
/// ``backward(rows:parameters:parameterGradient:toInput:dropout:)`` and read ``inputGradient``. A
/// propagation belongs to one worker at a time. All pointers stay valid as long as it lives.
public final class Propagation {
  private let layers: [any Layer]
  private let parameterRanges: [Range<Int>]
  private let capacity: Int
  private let activations: [Scratch<Float>]
  private let kept: [Scratch<UInt32>]
  private let scratch: Scratch<Float>
  /// The gradients of the activations on either side of the layer at hand; empty without gradients.
  private let gradients: [Scratch<Float>]

  /// Takes memory for a range of an architecture's layers.
  ///
  /// - Parameters:
  ///   - architecture: The layers.
  ///   - range: The indices of the layers to run, or nil for all of them.
  ///   - capacity: The largest number of images in a batch.
  ///   - dropout: Whether dropout layers take part. If false, the propagation skips them.
  ///   - gradients: Whether backward passes will follow.
  public init(
    architecture: Architecture, range: Range<Int>? = nil, capacity: Int, dropout: Bool,
    gradients: Bool
  ) {
    let range = range ?? 0..<architecture.layers.count
    let chosen = range.filter { dropout || !(architecture.layers[$0] is Dropout) }
    precondition(!chosen.isEmpty, "a propagation needs layers")
    layers = chosen.map { architecture.layers[$0] }
    parameterRanges = chosen.map { architecture.parameterRanges[$0] }
    self.capacity = capacity
    activations =
      [Scratch(capacity * layers[0].input.count)]
      + layers.map { Scratch(capacity * $0.output.count) }
    kept = layers.map { Scratch($0.keptWordCount * capacity) }
    scratch = Scratch(layers.map(\.scratchCount).max() ?? 0)
    let largest = activations.map(\.count).max() ?? 0
    self.gradients = gradients ? [Scratch(largest), Scratch(largest)] : []
  }

  /// The images of a batch, [rows, input of the first layer].
  public var input: UnsafeMutablePointer<Float> { activations[0].base }

  /// The outputs of the last forward pass, [rows, output of the last layer].
  public var output: UnsafePointer<Float> { UnsafePointer(activations[layers.count].base) }

  /// The loss's gradient with respect to ``output``, which you write before a backward pass.
  public var outputGradient: UnsafeMutablePointer<Float> {
    gradients[layers.count % 2].base
  }

  /// The loss's gradient with respect to ``input``, valid after a backward pass to the input.
  public var inputGradient: UnsafePointer<Float> { UnsafePointer(gradients[0].base) }

  /// Computes ``output`` from ``input``.
  ///
  /// - Parameters:
  ///   - rows: The number of images in the batch, at most the capacity.
  ///   - parameters: The parameters of the whole network.
  ///   - dropout: Whether and how dropout layers drop elements.
  ///   - isTraining: Whether the batch is normalised by its own statistics.
  public func forward(
    rows: Int, parameters: [Float], dropout: DropoutMode = .off, isTraining: Bool = false
  ) {
    precondition(rows <= capacity, "a batch of \(rows) in memory for \(capacity)")
    parameters.withUnsafeBufferPointer { parameters in
      guard let base = parameters.baseAddress else { return }
      for (index, layer) in layers.enumerated() {
        layer.forward(
          activations[index].base, into: activations[index + 1].base,
          call(
            index, rows: rows, parameters: base, dropout: dropout, isTraining: isTraining))
      }
    }
  }

  /// Computes gradients from ``outputGradient``, for the batch of the last forward pass.
  ///
  /// - Parameters:
  ///   - rows: The rows of the forward pass.
  ///   - parameters: The parameters of the forward pass.
  ///   - parameterGradient: Room for the gradient with respect to all parameters of the network,
  ///     summed over the rows. Pass nil to skip it.
  ///   - toInput: Whether to compute ``inputGradient``.
  ///   - dropout: The dropout of the forward pass.
  ///   - isTraining: That of the forward pass.
  public func backward(
    rows: Int, parameters: [Float], parameterGradient: UnsafeMutablePointer<Float>? = nil,
    toInput: Bool, dropout: DropoutMode = .off, isTraining: Bool = false
  ) {
    precondition(!gradients.isEmpty, "this propagation was made without gradients")
    parameters.withUnsafeBufferPointer { parameters in
      guard let base = parameters.baseAddress else { return }
      for (index, layer) in layers.enumerated().reversed() {
        layer.backward(
          x: activations[index].base, y: activations[index + 1].base,
          outputGradient: gradients[(index + 1) % 2].base,
          inputGradient: index > 0 || toInput ? gradients[index % 2].base : nil,
          parameterGradient: parameterGradient.map { $0 + parameterRanges[index].lowerBound },
          call(
            index, rows: rows, parameters: base, dropout: dropout, isTraining: isTraining))
      }
    }
  }

  private func call(
    _ index: Int, rows: Int, parameters: UnsafePointer<Float>, dropout: DropoutMode,
    isTraining: Bool
  ) -> LayerCall {
    LayerCall(
      rows: rows, parameters: parameters + parameterRanges[index].lowerBound,
      scratch: scratch.base, dropout: dropout, kept: kept[index].base, isTraining: isTraining)
  }
}
