internal import Classifier

/// One layer's features of all training images, sorted by true class.
///
/// In memory they take 4 bytes a feature and image: 120 MB for 60,000 images of 500 features.
public final class TrainingFeatures: Sendable {
  /// The layer's name.
  public let layer: String
  /// The number of features of an image.
  public let width: Int
  /// The features less ``mean``, [images, width], class by class and in the data set's order within
  /// a class.
  public let values: [Float]
  /// The rows of each class in ``values``; empty for a class without images.
  public let rows: [Range<Int>]
  /// The mean of each feature over all images.
  public let mean: [Float]

  private static let imagesPerPart = 4096

  init(of images: LabeledImages, layer: String, material: MeasureMaterial) throws {
    let classifier = material.classifier
    guard let width = classifier.featureCount(of: layer) else {
      preconditionFailure("no layer \(layer)")
    }
    let classes = classifier.classCount
    var counts = [Int](repeating: 0, count: classes)
    for label in images.labels where Int(label) < classes { counts[Int(label)] += 1 }
    var (rows, end) = ([Range<Int>](), 0)
    for count in counts {
      rows.append(end..<end + count)
      end += count
    }
    var next = rows.map(\.lowerBound)
    var order = [Int](repeating: 0, count: end)
    for (image, label) in images.labels.enumerated() where Int(label) < classes {
      order[next[Int(label)]] = image
      next[Int(label)] += 1
    }
    var values = [Float](repeating: 0, count: end * width)
    var sums = [Double](repeating: 0, count: width)
    for first in stride(from: 0, to: end, by: Self.imagesPerPart) {
      try material.stopIfCancelled()
      material.progress("features of \(layer)", first, end)
      let part = first..<min(first + Self.imagesPerPart, end)
      let features = try classifier.features(
        of: layer, count: part.count, parallelism: material.parallelism
      ) { images.copyPixels(of: order[first + $0], into: $1) }
      values.replaceSubrange(first * width..<part.upperBound * width, with: features)
      for row in 0..<part.count {
        for column in 0..<width { sums[column] += Double(features[row * width + column]) }
      }
    }
    let mean = sums.map { Float($0 / Double(max(1, end))) }
    values.withUnsafeMutableBufferPointer { values in
      for row in 0..<end {
        for column in 0..<width { values[row * width + column] -= mean[column] }
      }
    }
    self.layer = layer
    self.width = width
    self.values = values
    self.rows = rows
    self.mean = mean
  }
}

extension TrainingFeatures {
  /// The number of training images.
  public var count: Int { width == 0 ? 0 : values.count / width }

  /// The squared length of each image's centred features.
  package func squares() -> [Double] { squaredLengths(values, width: width) }

  /// Writes an image's features less the training images' mean.
  ///
  /// - Parameters:
  ///   - features: The features of some images, [images, width].
  ///   - image: Which of them.
  ///   - centred: Room for `width` features.
  package func centre(_ features: [Float], image: Int, into centred: UnsafeMutablePointer<Float>) {
    for column in 0..<width { centred[column] = features[image * width + column] - mean[column] }
  }
}

/// The squared length of each row, summed in double precision.
func squaredLengths(_ values: [Float], width: Int) -> [Double] {
  values.withUnsafeBufferPointer { values in
    guard let base = values.baseAddress else { return [] }
    return stride(from: 0, to: values.count, by: width).map {
      squaredLength(base + $0, count: width)
    }
  }
}

/// The squared length of a row, summed in double precision.
func squaredLength(_ row: UnsafePointer<Float>, count: Int) -> Double {
  var sum = 0.0
  for column in 0..<count { sum += Double(row[column]) * Double(row[column]) }
  return sum
}
