internal import Bytes

/// A named data set: training images, test images and class names.
public struct ImageDataset: Equatable, Sendable {
  /// The name in the catalogue, such as `mnist`, or the folder's name for a data set outside it.
  public let name: String
  /// The class names, indexed by label.
  public let classNames: [String]
  /// The training set, whose images have the size of the test images.
  public let train: ImageSet
  /// The test set, whose images have the size of the training images.
  public let test: ImageSet
  /// The SHA-256, in hexadecimal, of both sets' digests, which identifies the data itself.
  public let digest: String

  /// The number of classes, which is the length of ``classNames``.
  public var classCount: Int { classNames.count }

  /// Creates a data set and computes its digest.
  ///
  /// - Precondition: Training and test images have the same height, width and channels.
  ///
  /// - Parameters:
  ///   - name: The name that people use for the data set.
  ///   - classNames: The class names, indexed by label.
  ///   - train: The training set.
  ///   - test: The test set.
  public init(name: String, classNames: [String], train: ImageSet, test: ImageSet) {
    precondition(
      train.size == test.size, "training images of \(train.size), test images of \(test.size)")
    self.name = name
    self.classNames = classNames
    self.train = train
    self.test = test
    digest = ContentDigest.sha256(Array("\(train.digest)\n\(test.digest)\n".utf8))
  }
}
