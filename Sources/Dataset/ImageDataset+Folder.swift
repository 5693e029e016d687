import Foundation

extension ImageDataset {
  /// Reads a data set of one's own: a folder that holds four IDX files, plain or gzip, named as
  /// MNIST's are.
  ///
  /// Nothing is known of such files, so none is checked by its SHA-256; the data set's digest tells
  /// what was read. It goes by the folder's name, and its classes by their numbers.
  ///
  /// - Parameter folder: The folder's path.
  /// - Throws: ``DatasetError``: `missingFiles` when a file is not there, `malformedIDX` when images
  ///   to train on and to test on differ in size or there are none, or what reading an IDX file
  ///   throws.
  public init(folder: String) throws {
    func read(_ name: String) throws -> (path: String, array: IDXArray) {
      let plain = folder + "/" + name
      for path in [plain, plain + ".gz"] where FileManager.default.fileExists(atPath: path) {
        return (path, try IDXArray(contentsOf: path))
      }
      throw DatasetError.missingFiles(dataset: nil, directory: folder, files: [name])
    }
    let trainImages = try read("train-images-idx3-ubyte")
    let trainLabels = try read("train-labels-idx1-ubyte")
    let testImages = try read("t10k-images-idx3-ubyte")
    let testLabels = try read("t10k-labels-idx1-ubyte")
    let largest = max(trainLabels.array.elements.max() ?? 0, testLabels.array.elements.max() ?? 0)
    let classCount = max(2, Int(largest) + 1)
    let train = try ImageSet(
      images: trainImages.array, labels: trainLabels.array, classCount: classCount,
      imagesFile: trainImages.path, labelsFile: trainLabels.path)
    let test = try ImageSet(
      images: testImages.array, labels: testLabels.array, classCount: classCount,
      imagesFile: testImages.path, labelsFile: testLabels.path)
    for (set, images) in [(train, trainImages), (test, testImages)] where set.count == 0 {
      throw DatasetError.malformedIDX(
        file: images.path,
        problem: .dimensions(expected: "at least one image", found: images.array.dimensions))
    }
    guard test.rows == train.rows, test.columns == train.columns else {
      throw DatasetError.malformedIDX(
        file: testImages.path,
        problem: .dimensions(
          expected: "[count, \(train.rows), \(train.columns)] as in \(trainImages.path)",
          found: testImages.array.dimensions))
    }
    self.init(
      name: URL(fileURLWithPath: folder).lastPathComponent,
      classNames: (0..<classCount).map(String.init), train: train, test: test)
  }
}
