internal import Interchange
internal import Classifier

/// Adversarial images of a file, each beside the test image that it was made from.
struct ImportedImages {
  /// The pixels of the file, row by row.
  let pixels: ImagePixels
  /// The class that the attack aimed at, row by row, and -1 for none; nil if the file does not say.
  let targets: [Int]?
  /// The number of steps taken, row by row; nil if the file does not say.
  let iterations: [Int]?
  /// Whether images are of the held-out half, row by row; nil if the file does not say.
  let isHeldout: [Bool]?
  /// What the program that made the file predicted, row by row; nil if it does not say.
  private let predictions: [Int]?
  /// Which image of the file was made from which test image, by ascending index of the latter.
  let members: [Member]

  /// An image by two of its numbers, which are not to be taken for each other.
  struct Member: Sendable {
    /// Its place in the file, by which pixels, targets and so on are found.
    let row: Int
    /// The test image that it was made from, by which records go.
    let index: Int
  }

  /// Finds the test images: by the file's 'indices', by a file of the clean images, or, where
  /// there are as many images as test images, one by one.
  ///
  /// Where a file numbers its images and clean ones are given, both must say the same.
  ///
  /// - Throws: `InterchangeError`.
  init(
    _ file: ImageFile, clean: ImageFile?, test: LabeledImages, classes: Int,
    isCancelled: () -> Bool
  ) throws(InterchangeError) {
    targets = try Self.targets(of: file, classes: classes, isCancelled: isCancelled)
    iterations = try Self.iterations(of: file, isCancelled: isCancelled)
    isHeldout = try file.isHeldout(isCancelled: isCancelled)
    predictions = try file.predictions(classes: classes, isCancelled: isCancelled)
    pixels = try file.allPixels(isCancelled: isCancelled)
    let indices = try Self.indices(of: file, clean: clean, test: test, isCancelled: isCancelled)
    members = indices.enumerated().map { Member(row: $0, index: $1) }
      .sorted { $0.index < $1.index }
    try checkLabels(of: file, test: test, isCancelled: isCancelled)
    if let clean { try checkLabels(of: clean, test: test, isCancelled: isCancelled) }
  }

  private static func indices(
    of file: ImageFile, clean: ImageFile?, test: LabeledImages, isCancelled: () -> Bool
  ) throws(InterchangeError) -> [Int] {
    let given = try file.indices(isCancelled: isCancelled)
    if let given {
      if let index = given.first(where: { !(0..<test.count).contains($0) }) {
        throw .wrongValue(
          file: file.name, name: "indices",
          problem: "names test image \(index); there are \(test.count)")
      }
      try checkOnce(given, file: file.name, name: "indices", verb: "names")
    }
    guard let clean else {
      if let given { return given }
      guard file.count == test.count else {
        throw .unsupported(file: file.name, feature: .unnumberedImages)
      }
      return Array(0..<file.count)
    }
    guard clean.count == file.count else {
      throw .wrongShape(
        file: clean.name, name: "images", expected: "\(file.count) images as in \(file.name)",
        found: [clean.count])
    }
    let found = try find(
      clean.allPixels(isCancelled: isCancelled), count: clean.count, of: clean.name,
      as: given, among: test)
    if let given, let image = found.indices.first(where: { found[$0] != given[$0] }) {
      throw .wrongValue(
        file: file.name, name: "indices",
        problem: "has \(given[image]) for image \(image), which is test image \(found[image]) in "
          + clean.name)
    }
    try checkOnce(found, file: clean.name, name: "images", verb: "has")
    return found
  }

  /// Makes sure that no two images of a file are of the same test image.
  private static func checkOnce(
    _ indices: [Int], file: String, name: String, verb: String
  ) throws(InterchangeError) {
    var known: Set<Int> = []
    for index in indices where !known.insert(index).inserted {
      throw .wrongValue(
        file: file, name: name,
        problem: "\(verb) test image \(index) twice; a set has one image for each")
    }
  }

  /// The test images that clean images are, pixel by pixel as bytes; of equal ones the given one, or
  /// else the first.
  private static func find(
    _ clean: ImagePixels, count: Int, of file: String, as given: [Int]?, among test: LabeledImages
  ) throws(InterchangeError) -> [Int] {
    let size = test.shape.count
    func pixels(of index: Int) -> ArraySlice<UInt8> {
      test.pixels[index * size..<(index + 1) * size]
    }
    var known: [ArraySlice<UInt8>: Int] = [:]
    for index in (0..<test.count).reversed() { known[pixels(of: index)] = index }
    var found: [Int] = []
    for image in 0..<count {
      let bytes = clean.of([image]).map { UInt8(($0 * 255).rounded()) }
      if let given, pixels(of: given[image]) == bytes[...] {
        found.append(given[image])
        continue
      }
      guard let index = known[bytes[...]] else {
        throw .wrongValue(
          file: file, name: "images",
          problem: "has image \(image), which is none of the data set's test images")
      }
      found.append(index)
    }
    return found
  }

  /// The test images in ascending order, and whether each is held out.
  var selected: [(index: Int, isHeldout: Bool)] {
    members.map { ($0.index, isHeldout?[$0.row] ?? false) }
  }

  /// How many of the images succeed by the file's own predictions: the target is reached or, without
  /// one, the true label lost; nil if the file has no predictions.
  func successCount(labels: [UInt8]) -> Int? {
    predictions.map { predictions in
      members.count { member in
        let target = targets?[member.row] ?? -1
        return target < 0
          ? predictions[member.row] != Int(labels[member.index])
          : predictions[member.row] == target
      }
    }
  }

  private static func targets(
    of file: ImageFile, classes: Int, isCancelled: () -> Bool
  ) throws(InterchangeError) -> [Int]? {
    let targets = try file.targets(isCancelled: isCancelled)
    if let target = targets?.first(where: { !(-1..<classes).contains($0) }) {
      throw .wrongValue(
        file: file.name, name: "targets",
        problem: "has \(target); targets are 0...\(classes - 1), and -1 for none")
    }
    return targets
  }

  private static func iterations(
    of file: ImageFile, isCancelled: () -> Bool
  ) throws(InterchangeError) -> [Int]? {
    let iterations = try file.iterations(isCancelled: isCancelled)
    if let steps = iterations?.first(where: { $0 < 0 }) {
      throw .wrongValue(file: file.name, name: "iterations", problem: "has \(steps)")
    }
    return iterations
  }

  /// Makes sure that the classes that a file gives its images are those of the test images.
  private func checkLabels(
    of file: ImageFile, test: LabeledImages, isCancelled: () -> Bool
  ) throws(InterchangeError) {
    guard let labels = try file.labels(isCancelled: isCancelled) else { return }
    for member in members where labels[member.row] != Int(test.labels[member.index]) {
      throw .wrongValue(
        file: file.name, name: "labels",
        problem: "has \(labels[member.row]) for test image \(member.index), whose class is "
          + "\(test.labels[member.index]): these are not the images of this data set")
    }
  }
}
