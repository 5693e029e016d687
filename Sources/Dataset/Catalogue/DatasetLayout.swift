/// The content of one of a data set's files.
struct DatasetContent {
  /// The path where the file was found.
  let path: String
  /// The content, as the catalogue's SHA-256 is of it.
  let bytes: [UInt8]
}

/// How the files of a data set of the catalogue make its images.
protocol DatasetLayout: Sendable {
  /// Makes both sets from files whose content is known to be right; nil if a part is missing.
  func sets(
    of files: [DatasetPart: DatasetContent], classCount: Int, isCancelled: @Sendable () -> Bool
  ) throws -> (train: ImageSet, test: ImageSet)?
}

/// Images and labels in four IDX files.
struct IDXQuartet: DatasetLayout {
  func sets(
    of files: [DatasetPart: DatasetContent], classCount: Int, isCancelled: @Sendable () -> Bool
  ) throws -> (train: ImageSet, test: ImageSet)? {
    func set(_ images: DatasetPart, _ labels: DatasetPart) throws -> ImageSet? {
      guard let images = files[images], let labels = files[labels] else { return nil }
      return try ImageSet(
        images: IDXArray(decoding: images.bytes, file: images.path),
        labels: IDXArray(decoding: labels.bytes, file: labels.path), classCount: classCount,
        imagesFile: images.path, labelsFile: labels.path)
    }
    guard let train = try set(.trainImages, .trainLabels),
      let test = try set(.testImages, .testLabels)
    else { return nil }
    return (train, test)
  }
}
