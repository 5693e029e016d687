internal import Dataset
internal import NeuralNetwork

/// A data set as the stages use it.
struct StudyData: Sendable {
  let name: String
  let digest: String
  let classes: Int
  let training: LabeledImages
  let test: LabeledImages

  /// Reads a data set by its name in the catalogue, or from a directory of four IDX files.
  init(_ name: String, in context: StudyContext) throws {
    let dataset =
      name.contains("/")
      ? try ImageDataset(folder: name)
      : try context.dataDirectory.load(name, isCancelled: context.isCancelled)
    self.name = dataset.name
    digest = dataset.digest
    classes = dataset.classCount
    training = LabeledImages(dataset.train)
    test = LabeledImages(dataset.test)
    guard min(dataset.test.rows, dataset.test.columns) >= 16 else {
      throw StudyError.imagesTooSmall(rows: dataset.test.rows, columns: dataset.test.columns)
    }
  }
}

extension LabeledImages {
  init(_ images: ImageSet) {
    self.init(
      shape: ImageShape(height: images.rows, width: images.columns, channels: 1),
      pixels: images.pixels, labels: images.labels)
  }
}
