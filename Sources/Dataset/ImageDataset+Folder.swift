import Foundation

extension ImageDataset {
  /// Reads a data set of one's own: a folder that holds four IDX files, plain or gzip, named as
  /// MNIST's are.
  ///
  /// Nothing is known of such files, so none is checked by its SHA-256; the data set's digest tells
  /// what was read. It goes by the folder's name, and its classes by their numbers.
  ///
  /// - Parameter folder: The folder's path.
  /// - Throws: ``DatasetError``: `missingFiles` when a file is not there, or what reading an IDX
  ///   file throws.
  public init(folder: String) throws {
    func read(_ name: String) throws -> (path: String, array: IDXArray) {
      let plain = folder + "/" + name
      for path in [plain, plain + ".gz"] where FileManager.default.fileExists(atPath: path) {
        return (path, try IDXArray(contentsOf: path))
      }
      throw DatasetError.missingFiles(dataset: folder, directory: folder, files: [name])
    }
    let names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"]
    let (trainImages, trainLabels) = (try read(names[0]), try read(names[1]))
    let (testImages, testLabels) =
      (try read("t10k-images-idx3-ubyte"), try read("t10k-labels-idx1-ubyte"))
    let largest = max(trainLabels.array.elements.max() ?? 0, testLabels.array.elements.max() ?? 0)
    let classCount = max(2, Int(largest) + 1)
    self.init(
      name: URL(fileURLWithPath: folder).lastPathComponent,
      classNames: (0..<classCount).map(String.init),
      train: try ImageSet(
        images: trainImages.array, labels: trainLabels.array, classCount: classCount,
        imagesFile: trainImages.path, labelsFile: trainLabels.path),
      test: try ImageSet(
        images: testImages.array, labels: testLabels.array, classCount: classCount,
        imagesFile: testImages.path, labelsFile: testLabels.path))
  }
}
