internal import Tensor

/// The distribution of a layer's weights before training.
public enum Initialisation: String, Sendable, Codable, CaseIterable {
  /// Caffe's "xavier": uniform within ±sqrt(3 / fan-in), which gives weights the variance 1 / fan-in.
  case caffe
  /// Glorot and Bengio 2010, Keras' default: uniform within ±sqrt(6 / (fan-in + fan-out)).
  case glorotUniform = "glorot_uniform"
  /// He et al. 2015: uniform within ±sqrt(6 / fan-in), the variance 2 / fan-in that rectifiers keep.
  case he
  /// Madry et al. 2018, as in their MNIST challenge: normal with deviation 0.1, drawn again beyond two
  /// deviations, and biases of 0.1.
  case truncatedNormal = "truncated_normal"

  /// Every bias.
  var bias: Float { self == .truncatedNormal ? 0.1 : 0 }

  /// Draws a layer's weights.
  ///
  /// - Parameters:
  ///   - count: The number of weights.
  ///   - fanIn: The inputs of an output.
  ///   - fanOut: The outputs of an input.
  ///   - stream: The random numbers of all layers.
  ///   - pass: The layer's place, which addresses its numbers.
  /// - Returns: The weights.
  func weights(
    count: Int, fanIn: Int, fanOut: Int, from stream: RandomStream, pass: UInt32
  ) -> [Float] {
    func uniform(_ square: Float) -> [Float] {
      stream.uniform(count: count, bound: square.squareRoot(), pass: pass)
    }
    return switch self {
    case .caffe: uniform(3 / Float(fanIn))
    case .glorotUniform: uniform(6 / Float(fanIn + fanOut))
    case .he: uniform(6 / Float(fanIn))
    case .truncatedNormal: Self.truncatedNormal(count: count, from: stream, pass: pass)
    }
  }

  private static func truncatedNormal(
    count: Int, from stream: RandomStream, pass: UInt32
  ) -> [Float] {
    var weights = [Float](repeating: 0, count: count)
    var open = Array(weights.indices)
    var round: UInt32 = 0
    while !open.isEmpty {
      let drawn = [Float](unsafeUninitializedCapacity: open.count) { numbers, initialized in
        guard let base = numbers.baseAddress else { return }
        stream.fillNormal(base, count: numbers.count, image: round, pass: pass)
        initialized = numbers.count
      }
      for (place, number) in zip(open, drawn) { weights[place] = 0.1 * number }
      open = zip(open, drawn).filter { abs($1) > 2 }.map(\.0)
      round += 1
    }
    return weights
  }
}
