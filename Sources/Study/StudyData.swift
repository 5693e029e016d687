public import Dataset
internal import Classifier

/// A data set as the stages use it.
struct StudyData: Sendable {
  let name: String
  let digest: String
  let classes: Int
  let training: LabeledImages
  let test: LabeledImages

  /// Reads the data set of a configuration.
  init(of configuration: StudyConfiguration, in context: StudyContext) throws {
    try self.init(configuration.dataset, layout: configuration.layout, in: context)
  }

  /// Reads a data set by its name in the catalogue, or from a directory in any format.
  init(_ name: String, layout: ImageLayout?, in context: StudyContext) throws {
    try self.init(
      name, layout: layout, in: context.dataDirectory, isCancelled: context.isCancelled)
  }

  init(
    _ name: String, layout: ImageLayout?, in directory: DataDirectory,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    let dataset = try directory.dataset(name, layout: layout, isCancelled: isCancelled)
    self.name = dataset.name
    digest = dataset.digest
    classes = dataset.classCount
    training = LabeledImages(dataset.train)
    test = LabeledImages(dataset.test)
  }
}

extension StudyConfiguration {
  /// Sees whether work can begin: whether all values are possible and fit the data set, which can be
  /// read.
  ///
  /// - Parameters:
  ///   - directory: Where the data sets are.
  ///   - isCancelled: Ends the reading.
  /// - Throws: ``ConfigurationError``, what reading the data set throws, and
  ///   ``StudyError/imagesTooSmall(rows:columns:)``.
  public func check(
    dataIn directory: DataDirectory, isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    try validate()
    let data = try StudyData(dataset, layout: layout, in: directory, isCancelled: isCancelled)
    try network.checkFits(data.test.shape)
    _ = try network.makeArchitecture(input: data.test.shape, classes: data.classes)
    try training.checkFits(data.training.shape)
  }
}

extension LabeledImages {
  init(_ images: ImageSet) {
    self.init(
      shape: ImageShape(
        height: images.rows, width: images.columns, channels: images.channels),
      pixels: images.pixels, labels: images.labels)
  }
}
