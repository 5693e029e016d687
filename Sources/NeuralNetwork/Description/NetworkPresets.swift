extension NetworkDescription {
  /// The networks of papers, by name.
  ///
  /// Feinman et al. 2017 (their code, detect/util.py), Carlini and Wagner 2017 (Table I), and Madry et
  /// al. 2018 (the MNIST challenge), besides Caffe's LeNet with the study's dropout.
  public static let presets: [NetworkDescription] = [
    lenet, feinmanMNIST, feinmanCIFAR, feinmanSVHN, carliniMNIST, carliniCIFAR, madryMNIST,
  ]

  /// The preset of a name, or nil if there is none.
  public static func preset(named name: String) -> NetworkDescription? {
    presets.first { $0.name == name }
  }

  /// Caffe's LeNet, with dropout behind each pooling and the hidden dense layer.
  private static let lenet = NetworkDescription(
    name: "lenet", initialisation: .caffe,
    layers: [
      .convolution(20, kernel: 5), .maxPool(2), .relu, .dropout(0.5),
      .convolution(50, kernel: 5), .maxPool(2), .relu, .dropout(0.5),
      .flatten, .dense(500), .relu, .dropout(0.5), .dense(),
    ])

  private static let feinmanMNIST = NetworkDescription(
    name: "feinman-mnist", initialisation: .glorotUniform,
    layers: rectified(64, 64) + [
      .maxPool(2), .dropout(0.5), .flatten, .dense(128), .relu, .dropout(0.5), .dense(),
    ])

  private static let feinmanCIFAR = NetworkDescription(
    name: "feinman-cifar", initialisation: .glorotUniform,
    layers: [32, 64, 128].flatMap { rectified($0, $0, padding: .same) + [.maxPool(2)] } + [
      .dropout(0.5), .flatten, .dense(1024, l2: 0.01), .relu, .dropout(0.5),
      .dense(512, l2: 0.01), .relu, .dropout(0.5), .dense(),
    ])

  private static let feinmanSVHN = NetworkDescription(
    name: "feinman-svhn", initialisation: .glorotUniform,
    layers: rectified(64, 64) + [
      .maxPool(2), .dropout(0.5), .flatten, .dense(512), .relu, .dropout(0.5), .dense(128), .relu,
      .dropout(0.5), .dense(),
    ])

  private static let carliniMNIST = carlini("carlini-mnist", filters: (32, 64), units: 200)
  private static let carliniCIFAR = carlini("carlini-cifar", filters: (64, 128), units: 256)

  private static let madryMNIST = NetworkDescription(
    name: "madry-mnist", initialisation: .truncatedNormal,
    layers: [32, 64].flatMap {
      [.convolution($0, kernel: 5, padding: .same), .relu, .maxPool(2)]
    } + [.flatten, .dense(1024), .relu, .dense()])

  private static func carlini(
    _ name: String, filters: (Int, Int), units: Int
  ) -> NetworkDescription {
    NetworkDescription(
      name: name, initialisation: .glorotUniform,
      layers: rectified(filters.0, filters.0) + [.maxPool(2)] + rectified(filters.1, filters.1)
        + [
          .maxPool(2), .flatten, .dense(units), .relu, .dropout(0.5), .dense(units), .relu,
          .dense(),
        ])
  }

  /// Convolutions of 3 x 3, each with a rectifier behind it.
  private static func rectified(
    _ filters: Int..., padding: Padding = .valid
  ) -> [LayerDescription] {
    filters.flatMap { [.convolution($0, kernel: 3, padding: padding), .relu] }
  }
}
