internal import Foundation
internal import Interchange

/// Folders `train` and `test`, each with a folder of PNG files for every class.
///
/// Classes are numbered in the order of their names: by value if all names are whole numbers, else
/// letter by letter. The images of a set are in the order of their files' names, and those of one
/// name in the order of their classes. If some pictures are in colour, grey ones become colour, too.
public struct PNGFormat: DatasetFormat {
  private static let format = "PNG"
  private static let folders = ["train", "test"]
  /// Far more than a picture of a data set takes.
  private static let maximumBytes = 1 << 26
  private static let mostClasses = 256

  /// `png`.
  public let name = "png"
  /// The names of the files.
  public let contents = "train/CLASS/*.png and test/CLASS/*.png"

  /// Creates the format.
  public init() {}

  /// Whether a directory has one of the two folders.
  public func recognises(_ names: [String], in directory: String) -> Bool {
    Self.folders.contains { names.contains($0) && Self.isFolder(directory + "/" + $0) }
  }

  /// Reads all pictures.
  ///
  /// - Throws: ``DatasetError``: `missingFiles` if a folder is not there, `malformed` if there is
  ///   another file among the pictures, a class of the test set that the training set lacks, or
  ///   pictures of several sizes; or `InterchangeError` if a picture can't be read.
  public func read(
    _ directory: String, layout: ImageLayout?, isCancelled: @Sendable () -> Bool
  ) throws -> ImageDataset {
    try ContentSearch.require(Self.folders, in: directory) {
      Self.isFolder(directory + "/" + $0)
    }
    let paths = Self.folders.map { directory + "/" + $0 }
    let classes = try Self.classes(in: paths[0])
    guard (1...Self.mostClasses).contains(classes.count) else {
      throw DatasetError.malformed(
        file: paths[0], format: Self.format,
        problem: "it has \(classes.count) folders of classes, not 1 to \(Self.mostClasses)")
    }
    if let other = try Self.classes(in: paths[1]).first(where: { !classes.contains($0) }) {
      throw DatasetError.malformed(
        file: paths[1] + "/" + other, format: Self.format,
        problem: "\(paths[0]) has no class of this name")
    }
    let pictures = try paths.map {
      try Self.pictures(in: $0, classes: classes, isCancelled: isCancelled)
    }
    let channels = pictures.joined().map(\.image.channels).max() ?? 1
    let sets = try zip(paths, pictures).map { path, pictures in
      (file: path, set: try Self.set(pictures, channels: channels, folder: path))
    }
    return try ImageDataset(
      directory: directory, format: Self.format, classNames: classes, train: sets[0],
      test: sets[1])
  }

  private static func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
      && isDirectory.boolValue
  }

  private static func classes(in folder: String) throws -> [String] {
    let names = try ContentSearch.list(folder)
    if let other = names.first(where: { !isFolder(folder + "/" + $0) }) {
      throw DatasetError.malformed(
        file: folder + "/" + other, format: format, problem: "it is no folder of a class")
    }
    let numbers = names.compactMap { Int($0) }
    guard numbers.count == names.count else { return names }
    return zip(numbers, names).sorted { $0 < $1 }.map(\.1)
  }

  private typealias Picture = (path: String, label: UInt8, image: PNGImage)

  private static func pictures(
    in folder: String, classes: [String], isCancelled: () -> Bool
  ) throws -> [Picture] {
    var files: [(name: String, label: UInt8)] = []
    for (label, name) in zip(UInt8.min...UInt8.max, classes) {
      files += try ContentSearch.list(folder + "/" + name).map { ($0, label) }
    }
    return try files.sorted { $0 < $1 }.map { name, label in
      guard !isCancelled() else { throw DatasetError.cancelled }
      let path = folder + "/" + classes[Int(label)] + "/" + name
      guard name.lowercased().hasSuffix(".png") else {
        throw DatasetError.malformed(
          file: path, format: format, problem: "its name does not end in .png")
      }
      let bytes = try DataFile.read(path, maximumBytes: maximumBytes)
      return (path, label, try PNGImage(from: bytes, file: path))
    }
  }

  private static func set(
    _ pictures: [Picture], channels: Int, folder: String
  ) throws -> ImageSet {
    guard let first = pictures.first else {
      throw DatasetError.malformed(file: folder, format: format, problem: "it has no images")
    }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(pictures.count * first.image.width * first.image.height * channels)
    for (path, _, image) in pictures {
      guard image.width == first.image.width, image.height == first.image.height else {
        throw DatasetError.malformed(
          file: path, format: format,
          problem: "it has \(image.height) x \(image.width) pixels, and \(first.path) has "
            + "\(first.image.height) x \(first.image.width)")
      }
      guard let samples = image.samples(channels: channels) else {
        preconditionFailure("\(image.channels) channels as \(channels)")
      }
      pixels += samples
    }
    return ImageSet(
      rows: first.image.height, columns: first.image.width, channels: channels, pixels: pixels,
      labels: pictures.map(\.label))
  }
}
