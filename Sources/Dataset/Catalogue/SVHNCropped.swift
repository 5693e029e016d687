extension DatasetSpecification {
  /// House numbers from street views, cropped to one digit each: 73,257 training and 26,032 test
  /// images of 32 x 32 in colour.
  ///
  /// Netzer, Wang, Coates, Bissacco, Wu and Ng, "Reading digits in natural images with unsupervised
  /// feature learning", 2011. The class of an image is its digit; the files have 10 for the 0. The
  /// files' sizes and SHA-256 are those that TensorFlow Datasets records.
  public static let svhn = DatasetSpecification(
    name: "svhn",
    title: "SVHN",
    classNames: (0...9).map(String.init),
    imageSize: (rows: 32, columns: 32), channels: 3,
    digest: nil,
    files: [
      DatasetFile(
        part: .train, name: "train_32x32.mat", byteCount: 182_040_794,
        sha256: "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8",
        packing: .asPublished),
      DatasetFile(
        part: .test, name: "test_32x32.mat", byteCount: 64_275_384,
        sha256: "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b",
        packing: .asPublished),
    ],
    sources: [HTTPMirror("http://ufldl.stanford.edu/housenumbers/")],
    layout: MATLABPair())
}

/// A MATLAB file for each of the two sets.
struct MATLABPair: DatasetLayout {
  func sets(
    of files: [DatasetPart: DatasetContent], classCount: Int, isCancelled: @Sendable () -> Bool
  ) throws -> (train: ImageSet, test: ImageSet)? {
    guard let train = files[.train], let test = files[.test] else { return nil }
    return (
      try SVHN.images(train.bytes, file: train.path, isCancelled: isCancelled),
      try SVHN.images(test.bytes, file: test.path, isCancelled: isCancelled)
    )
  }
}
