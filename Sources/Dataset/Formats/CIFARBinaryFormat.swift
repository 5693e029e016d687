/// The six files of CIFAR-10's binary version, in the directory or in its `cifar-10-batches-bin`.
public struct CIFARBinaryFormat: DatasetFormat {
  private static let folder = "cifar-10-batches-bin"
  private static let files = CIFARBinary.trainFiles + [CIFARBinary.testFile]
  /// Ten times what a file of the original has, which is 30,730,000 bytes.
  private static let maximumBytes = 307_300_000

  /// `cifar-binary`.
  public let name = "cifar-binary"
  /// The names of the files.
  public let contents = "data_batch_1.bin to data_batch_5.bin and test_batch.bin"

  /// Creates the format.
  public init() {}

  /// Whether a directory has one of the files, or the folder that the original's archive makes.
  public func recognises(_ names: [String], in directory: String) -> Bool {
    names.contains { Self.files.contains($0) || $0 == Self.folder }
  }

  /// Reads the six files.
  ///
  /// - Throws: ``DatasetError``: `missingFiles` if one of them is not there, `malformed`,
  ///   `labelOutOfRange`, or any error from reading a file.
  public func read(
    _ directory: String, layout: ImageLayout?, isCancelled: @Sendable () -> Bool
  ) throws -> ImageDataset {
    var place = directory
    let present = try ContentSearch.list(directory)
    if !present.contains(where: Self.files.contains), present.contains(Self.folder) {
      place += "/" + Self.folder
    }
    try ContentSearch.require(Self.files, in: place)
    func images(_ names: [String]) throws -> ImageSet {
      try CIFARBinary.images(
        names.map { name in
          let path = place + "/" + name
          return (
            path,
            try DataFile.read(path, maximumBytes: Self.maximumBytes, isCancelled: isCancelled)
          )
        })
    }
    return try ImageDataset(
      directory: directory, format: CIFARBinary.format, classNames: CIFARBinary.classNames,
      train: (place + "/" + CIFARBinary.trainFiles[0], images(CIFARBinary.trainFiles)),
      test: (place + "/" + CIFARBinary.testFile, images([CIFARBinary.testFile])))
  }
}
