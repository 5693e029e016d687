public import Classifier

/// The settings of a LeNet: widths and dropout.
public struct LeNetConfiguration: Sendable, Equatable {
  /// The maps of the two convolutions and the units of the hidden dense layer.
  ///
  /// Caffe's LeNet has 20, 50 and 500.
  public var widths: (conv1: Int, conv2: Int, dense1: Int)
  /// The probability that dropout drops an element, at least 0 and below 1.
  public var dropoutRate: Double
  /// The layers that dropout follows, a subset of ``sites``.
  public var dropoutSites: [String]

  /// The layers that dropout can follow: each pooling and the hidden dense layer.
  public static let sites = ["pool1", "pool2", "dense1"]

  /// Creates a configuration, by default Caffe's widths with dropout 0.5 at every site.
  public init(
    conv1: Int = 20, conv2: Int = 50, dense1: Int = 500, dropoutRate: Double = 0.5,
    dropoutSites: [String] = LeNetConfiguration.sites
  ) {
    widths = (conv1, conv2, dense1)
    self.dropoutRate = dropoutRate
    self.dropoutSites = dropoutSites
  }

  /// Whether two configurations have equal widths, dropout rate and sites.
  public static func == (a: LeNetConfiguration, b: LeNetConfiguration) -> Bool {
    a.widths == b.widths && a.dropoutRate == b.dropoutRate && a.dropoutSites == b.dropoutSites
  }
}

extension Architecture {
  /// LeNet as Caffe has it: twice convolution 5 x 5, max-pool 2 and ReLU, then dense, ReLU, dense.
  ///
  /// ReLU follows the pooling, where it gives the same values for a quarter of the work. Both are
  /// monotone, so the maximum of rectified values is the rectified maximum, with the same gradient.
  public static func leNet(
    _ configuration: LeNetConfiguration = LeNetConfiguration(),
    input: ImageShape = ImageShape(height: 28, width: 28, channels: 1), classes: Int = 10
  ) -> Architecture {
    var layers: [any Layer] = []
    var shape: ImageShape { layers.last?.output ?? input }
    func addDropout(after site: String) {
      guard configuration.dropoutSites.contains(site), configuration.dropoutRate > 0 else { return }
      let number = LeNetConfiguration.sites.firstIndex(of: site) ?? 0
      layers.append(
        Dropout(
          name: "dropout after \(site)", input: shape, site: number,
          rate: configuration.dropoutRate))
    }
    layers.append(
      PooledConvolution(
        name: "conv1", input: shape, kernel: 5, filters: configuration.widths.conv1))
    addDropout(after: "pool1")
    layers.append(
      PooledConvolution(
        name: "conv2", input: shape, kernel: 5, filters: configuration.widths.conv2))
    addDropout(after: "pool2")
    layers.append(Dense(name: "dense1", input: shape, outputs: configuration.widths.dense1))
    layers.append(ReLU(name: "relu3", input: shape))
    addDropout(after: "dense1")
    layers.append(Dense(name: "dense2", input: shape, outputs: classes))
    return Architecture(name: "lenet", layers: layers)
  }
}
