internal import Bytes

/// A named data set: images to train on, images to test on, and what their classes are called.
public struct ImageDataset: Equatable, Sendable {
  /// The name in the catalogue, such as `mnist`.
  public let name: String
  /// What each class is called, by label.
  public let classNames: [String]
  /// The images to train on.
  public let train: ImageSet
  /// The images to test on.
  public let test: ImageSet
  /// The SHA-256, in hexadecimal, over the digests of both sets: it names the data itself.
  public let digest: String

  /// The number of classes.
  public var classCount: Int { classNames.count }

  /// Creates a data set.
  ///
  /// - Precondition: Images to train on and to test on have one size.
  ///
  /// - Parameters:
  ///   - name: The name that people use for it.
  ///   - classNames: What each class is called, by label.
  ///   - train: The images to train on.
  ///   - test: The images to test on.
  public init(name: String, classNames: [String], train: ImageSet, test: ImageSet) {
    precondition(
      train.rows == test.rows && train.columns == test.columns,
      "training images of \(train.rows) x \(train.columns), "
        + "test images of \(test.rows) x \(test.columns)")
    self.name = name
    self.classNames = classNames
    self.train = train
    self.test = test
    digest = ContentDigest.sha256(Array("\(train.digest)\n\(test.digest)\n".utf8))
  }
}
