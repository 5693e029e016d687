internal import Foundation

extension ImageDataset {
  /// Makes a data set of the two sets that a directory's files hold.
  ///
  /// - Parameters:
  ///   - directory: The directory's path, whose last part is the data set's name.
  ///   - format: The files' format, for messages.
  ///   - classNames: The class names; nil for the classes' numbers.
  ///   - train: The training set, and the file or folder that holds it.
  ///   - test: The test set, and the file or folder that holds it.
  /// - Throws: ``DatasetError/malformed(file:format:problem:)`` if a set is empty or the images of
  ///   the two differ in shape.
  init(
    directory: String, format: String, classNames: [String]? = nil,
    train: (file: String, set: ImageSet), test: (file: String, set: ImageSet)
  ) throws {
    for (file, set) in [train, test] where set.count == 0 {
      throw DatasetError.malformed(file: file, format: format, problem: "it has no images")
    }
    guard test.set.size == train.set.size else {
      throw DatasetError.malformed(
        file: test.file, format: format,
        problem: "its images are \(Self.words(test.set)), and those of \(train.file) are "
          + Self.words(train.set))
    }
    let largest = max(train.set.labels.max() ?? 0, test.set.labels.max() ?? 0)
    self.init(
      name: URL(fileURLWithPath: directory).lastPathComponent,
      classNames: classNames ?? (0..<max(2, Int(largest) + 1)).map(String.init),
      train: train.set, test: test.set)
  }

  private static func words(_ set: ImageSet) -> String {
    "\(set.rows) x \(set.columns) with \(set.channels) channel\(set.channels == 1 ? "" : "s")"
  }
}
