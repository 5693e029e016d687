/// The settings of a LeNet: widths and dropout.
public struct LeNetConfiguration: Sendable, Equatable {
  /// Maps of the two convolutions and units of the hidden dense layer; Caffe's LeNet has 20, 50 and
  /// 500.
  public var widths: (conv1: Int, conv2: Int, dense1: Int)
  /// The probability that an element is dropped, at least 0 and below 1.
  public var dropoutRate: Double
  /// After which layers elements are dropped; a subset of ``sites``.
  public var dropoutSites: [String]

  /// Where dropout can be placed: after each pooling and after the hidden dense layer.
  public static let sites = ["pool1", "pool2", "dense1"]

  /// Creates a configuration.
  public init(
    conv1: Int = 20, conv2: Int = 50, dense1: Int = 500, dropoutRate: Double = 0.5,
    dropoutSites: [String] = LeNetConfiguration.sites
  ) {
    widths = (conv1, conv2, dense1)
    self.dropoutRate = dropoutRate
    self.dropoutSites = dropoutSites
  }

  /// Whether two configurations make the same network.
  public static func == (a: LeNetConfiguration, b: LeNetConfiguration) -> Bool {
    a.widths == b.widths && a.dropoutRate == b.dropoutRate && a.dropoutSites == b.dropoutSites
  }
}

extension Architecture {
  /// LeNet as Caffe has it: twice convolution 5 x 5, max-pool 2 and ReLU; dense, ReLU, dense.
  ///
  /// ReLU stands behind the pooling, where it gives the same values from a quarter of the work:
  /// both are monotone, so the maximum of rectified values is the rectified maximum, with the same
  /// gradient.
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
