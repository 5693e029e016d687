import Classifier
import NeuralNetwork

/// Floating-point operations, counted from the layers' shapes: two for each product that is summed.
///
/// Everything beside the products (rectifiers, pooling, dropout, the optimizer) counts as nothing,
/// so that a limit is what a machine could do that did those for free.
struct OperationCount {
  /// The architecture's layers.
  let layers: ArraySlice<any Layer>

  init(_ architecture: Architecture) {
    layers = architecture.layers[...]
  }

  private init(layers: ArraySlice<any Layer>) {
    self.layers = layers
  }

  /// Of the layers that a stochastic pass repeats: those from the first dropout on.
  static func stochastic(_ architecture: Architecture) -> OperationCount {
    OperationCount(layers: architecture.layers[architecture.firstDropout...])
  }

  /// One image forward.
  var forward: Double { layers.map(Self.operations).reduce(0, +) }

  /// One image forward and the gradient back to its pixels.
  var inputGradient: Double { 2 * forward }

  /// One image of a training step: the gradients of all parameters, and of all inputs but the
  /// first layer's.
  var training: Double { 3 * forward - (layers.first.map(Self.operations) ?? 0) }

  /// One image forward through a layer.
  static func operations(_ layer: any Layer) -> Double {
    guard let fanIn = layer.fanIn else { return 0 }
    // Each window of a pooled convolution has four pixels.
    let outputs = layer.output.count * (layer is PooledConvolution ? 4 : 1)
    return 2 * Double(fanIn * outputs)
  }
}
