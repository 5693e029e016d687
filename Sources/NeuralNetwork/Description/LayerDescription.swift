/// One layer as data: its kind and settings, without the shapes that follow from its place.
public struct LayerDescription: Sendable, Equatable {
  /// What a layer computes.
  public indirect enum Kind: Sendable, Equatable {
    /// Square filters that slide over the image.
    case convolution(filters: Int, kernel: Int, stride: Int, padding: Padding, bias: Bool)
    /// Channels shifted and scaled by their mean and variance.
    case batchNormalisation
    /// The rectifier.
    case relu
    /// The largest value of each window.
    case maxPool(size: Int, stride: Int)
    /// The mean of each window.
    case averagePool(size: Int, stride: Int)
    /// The mean of each channel.
    case globalAveragePool
    /// A fully connected layer; without a number of units it has one for each class.
    case dense(units: Int?, l2: Double)
    /// Elements set to zero at random.
    case dropout(rate: Double)
    /// A branch of layers whose output is added to the input, or to the shortcut's output.
    case residual(branch: [LayerDescription], shortcut: [LayerDescription])
    /// The image as a vector.
    case flatten
  }

  /// What the layer computes.
  public var kind: Kind
  /// The layer's name, or nil for one by its kind and number, such as "conv2".
  public var name: String?

  /// Describes a layer.
  public init(_ kind: Kind, name: String? = nil) {
    self.kind = kind
    self.name = name
  }
}

extension LayerDescription {
  /// A convolution with its usual settings: stride 1, no padding, biases.
  public static func convolution(
    _ filters: Int, kernel: Int, stride: Int = 1, padding: Padding = .valid, bias: Bool = true
  ) -> LayerDescription {
    LayerDescription(
      .convolution(filters: filters, kernel: kernel, stride: stride, padding: padding, bias: bias))
  }

  /// A batch normalisation.
  public static var batchNormalisation: LayerDescription { LayerDescription(.batchNormalisation) }
  /// A rectifier.
  public static var relu: LayerDescription { LayerDescription(.relu) }
  /// A global average pooling.
  public static var globalAveragePool: LayerDescription { LayerDescription(.globalAveragePool) }
  /// A flattening.
  public static var flatten: LayerDescription { LayerDescription(.flatten) }

  /// A max-pooling whose windows don't overlap.
  public static func maxPool(_ size: Int) -> LayerDescription {
    LayerDescription(.maxPool(size: size, stride: size))
  }

  /// A dense layer; without a number of units it has one for each class.
  public static func dense(_ units: Int? = nil, l2: Double = 0) -> LayerDescription {
    LayerDescription(.dense(units: units, l2: l2))
  }

  /// A dropout.
  public static func dropout(_ rate: Double) -> LayerDescription {
    LayerDescription(.dropout(rate: rate))
  }

  /// A residual block.
  public static func residual(
    _ branch: [LayerDescription], shortcut: [LayerDescription] = []
  ) -> LayerDescription {
    LayerDescription(.residual(branch: branch, shortcut: shortcut))
  }

  /// The word for the kind, such as "max_pool".
  public var word: String {
    switch kind {
    case .convolution: "convolution"
    case .batchNormalisation: "batch_normalisation"
    case .relu: "relu"
    case .maxPool: "max_pool"
    case .averagePool: "average_pool"
    case .globalAveragePool: "global_average_pool"
    case .dense: "dense"
    case .dropout: "dropout"
    case .residual: "residual"
    case .flatten: "flatten"
    }
  }
}
