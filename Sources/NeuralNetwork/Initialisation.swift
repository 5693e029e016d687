/// The distribution of weights before training: uniform, within a bound that depends on the layer.
public enum Initialisation: String, Sendable, Codable, CaseIterable {
  /// Caffe's "xavier": ±sqrt(3 / fan-in), which gives weights the variance 1 / fan-in.
  case caffe
  /// Glorot and Bengio 2010, Keras' default: ±sqrt(6 / (fan-in + fan-out)).
  case glorotUniform = "glorot_uniform"
  /// He et al. 2015: ±sqrt(6 / fan-in), the variance 2 / fan-in that rectifiers keep.
  case he

  /// The largest weight of a layer.
  func bound(fanIn: Int, fanOut: Int) -> Float {
    switch self {
    case .caffe: (3 / Float(fanIn)).squareRoot()
    case .glorotUniform: (6 / Float(fanIn + fanOut)).squareRoot()
    case .he: (6 / Float(fanIn)).squareRoot()
    }
  }
}
