import Foundation

/// Four IDX files with MNIST's names, such as `train-images-idx3-ubyte`, plain or packed with gzip.
///
/// The case of the letters and the signs between the words do not matter. Images are
/// `[count, rows, columns]` or `[count, rows, columns, channels]`. Classes take their numbers as
/// names.
public struct IDXFormat: DatasetFormat {
  /// The names of the files, images before labels, training set before test set.
  static let files = [
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
  ]

  /// `idx`.
  public let name = "idx"
  /// The four names.
  public var contents: String { Self.files.joined(separator: ", ") + " (plain or .gz)" }

  /// Creates the format.
  public init() {}

  /// Whether a directory has one of the four files.
  public func recognises(_ names: [String], in directory: String) -> Bool {
    names.contains { Self.files.contains(Self.plainName($0)) }
  }

  /// Reads the four files.
  ///
  /// - Throws: ``DatasetError``: `missingFiles` if the folder lacks a file, `malformedIDX` if
  ///   training and test images differ in size or either set is empty, or any error from reading an
  ///   IDX file.
  public func read(
    _ folder: String, layout: ImageLayout?, isCancelled: @Sendable () -> Bool
  ) throws -> ImageDataset {
    let present = try ContentSearch.list(folder)
    func read(_ name: String) throws -> (path: String, array: IDXArray) {
      let alike = present.filter { Self.plainName($0) == name }
      // The very names first, and those that are not packed.
      guard let found = [name, name + ".gz"].first(where: alike.contains) ?? alike.first else {
        throw DatasetError.missingFiles(
          dataset: nil, directory: folder, files: [name], present: present)
      }
      guard !isCancelled() else { throw DatasetError.cancelled }
      let path = folder + "/" + found
      return (path, try IDXArray(contentsOf: path))
    }
    let trainImages = try read(Self.files[0])
    let trainLabels = try read(Self.files[1])
    let testImages = try read(Self.files[2])
    let testLabels = try read(Self.files[3])
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
    guard test.size == train.size else {
      let size = trainImages.array.dimensions.dropFirst().map(String.init)
      throw DatasetError.malformedIDX(
        file: testImages.path,
        problem: .dimensions(
          expected: "[count, \(size.joined(separator: ", "))] as in \(trainImages.path)",
          found: testImages.array.dimensions))
    }
    return ImageDataset(
      name: URL(fileURLWithPath: folder).lastPathComponent,
      classNames: (0..<classCount).map(String.init), train: train, test: test)
  }

  /// A file's name as the original has it: train-images-idx3-ubyte for Train_images.idx3-ubyte.gz.
  private static func plainName(_ name: String) -> String {
    let lower = name.lowercased()
    let unpacked = lower.hasSuffix(".gz") ? lower.dropLast(3) : lower[...]
    return String(unpacked.map { "._ ".contains($0) ? "-" : $0 })
  }
}
