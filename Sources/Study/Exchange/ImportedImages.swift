internal import Interchange
internal import NeuralNetwork

/// Adversarial images of a file, each beside the test image that it was made from.
struct ImportedImages {
  let file: ImageFile
  /// The rows of the file by ascending index of their test images.
  let rows: [Int]
  /// The test image of each row of the file.
  let indices: [Int]

  /// Finds the test images: by the file's 'indices', by a file of the clean images, or, where
  /// there are as many images as test images, one by one.
  ///
  /// - Throws: `InterchangeError`.
  init(
    _ file: ImageFile, clean: ImageFile?, test: LabeledImages, classes: Int
  ) throws(InterchangeError) {
    self.file = file
    indices = try Self.indices(of: file, clean: clean, test: test)
    if let index = indices.first(where: { !(0..<test.count).contains($0) }) {
      throw .wrongValue(
        file: file.name, name: "indices",
        problem: "names test image \(index); there are \(test.count)")
    }
    let order = indices
    rows = indices.indices.sorted { order[$0] < order[$1] }
    for (before, after) in zip(rows, rows.dropFirst()) where order[before] == order[after] {
      throw .wrongValue(
        file: file.name, name: "indices",
        problem: "names test image \(order[after]) twice; a set has one image for each")
    }
    try checkClasses(test: test, classes: classes)
  }

  private static func indices(
    of file: ImageFile, clean: ImageFile?, test: LabeledImages
  ) throws(InterchangeError) -> [Int] {
    if let clean {
      guard clean.count == file.count else {
        throw .wrongShape(
          file: clean.name, name: "images", expected: "\(file.count) images as in \(file.name)",
          found: [clean.count])
      }
      return try find(clean, among: test)
    }
    if let indices = file.indices { return indices }
    guard file.count == test.count else {
      throw .unsupported(file: file.name, feature: .unnumberedImages)
    }
    return Array(0..<file.count)
  }

  /// The test images that clean images are, pixel by pixel as bytes; of equal ones the first.
  private static func find(
    _ clean: ImageFile, among test: LabeledImages
  ) throws(InterchangeError) -> [Int] {
    let size = test.shape.count
    var known: [ArraySlice<UInt8>: Int] = [:]
    for index in (0..<test.count).reversed() {
      known[test.pixels[index * size..<(index + 1) * size]] = index
    }
    var found: [Int] = []
    for image in 0..<clean.count {
      let bytes = clean.pixels.of([image]).map { UInt8(($0 * 255).rounded()) }
      guard let index = known[bytes[...]] else {
        throw .wrongValue(
          file: clean.name, name: "images",
          problem: "has image \(image), which is none of the data set's test images")
      }
      found.append(index)
    }
    return found
  }

  /// The test images in ascending order, and whether each is held out.
  var selected: [(index: Int, isHeldout: Bool)] {
    rows.map { (indices[$0], file.isHeldout?[$0] ?? false) }
  }

  /// How many of the images succeed by the file's own predictions: the target is reached or, without
  /// one, the true label lost; nil if the file has no predictions.
  func successCount(labels: [UInt8]) -> Int? {
    file.predictions.map { predictions in
      rows.count { row in
        let target = file.targets?[row] ?? -1
        return target < 0
          ? predictions[row] != Int(labels[indices[row]]) : predictions[row] == target
      }
    }
  }

  private func checkClasses(test: LabeledImages, classes: Int) throws(InterchangeError) {
    if let target = file.targets?.first(where: { !(-1..<classes).contains($0) }) {
      throw .wrongValue(
        file: file.name, name: "targets",
        problem: "has \(target); targets are 0...\(classes - 1), and -1 for none")
    }
    if let steps = file.iterations?.first(where: { $0 < 0 }) {
      throw .wrongValue(file: file.name, name: "iterations", problem: "has \(steps)")
    }
    for (row, label) in (file.labels ?? []).enumerated()
    where label != Int(test.labels[indices[row]]) {
      throw .wrongValue(
        file: file.name, name: "labels",
        problem: "has \(label) for test image \(indices[row]), whose class is "
          + "\(test.labels[indices[row]]): these are not the images of this data set")
    }
  }
}
