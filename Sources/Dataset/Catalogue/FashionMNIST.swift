extension DatasetSpecification {
  /// Articles of clothing in MNIST's format: 60,000 training and 10,000 test images of 28 x 28.
  ///
  /// Xiao, Rasul and Vollgraf, "Fashion-MNIST", 2017, arXiv 1708.07747.
  public static let fashionMNIST = DatasetSpecification(
    name: "fashion-mnist",
    title: "Fashion-MNIST",
    classNames: [
      "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
      "Ankle boot",
    ],
    imageSize: (rows: 28, columns: 28),
    digest: "c6ffaecf0a82c074edd350cac374628e41e1bc0a3fdc798747149edd551e2bc6",
    files: [
      DatasetFile(
        part: .trainImages, name: "train-images-idx3-ubyte", byteCount: 47_040_016,
        sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
      DatasetFile(
        part: .trainLabels, name: "train-labels-idx1-ubyte", byteCount: 60_008,
        sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
      DatasetFile(
        part: .testImages, name: "t10k-images-idx3-ubyte", byteCount: 7_840_016,
        sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
      DatasetFile(
        part: .testLabels, name: "t10k-labels-idx1-ubyte", byteCount: 10_008,
        sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    ],
    sources: [
      HTTPMirror("https://storage.googleapis.com/tensorflow/tf-keras-datasets/"),
      HTTPMirror(
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"),
      DebianPackage(
        name: "dataset-fashion-mnist", folder: "usr/share/datasets/fashion-mnist",
        secondsAllowed: 300),
    ])
}
