internal import Bytes

extension DatasetSpecification {
  /// Photographs of ten kinds of things: 50,000 training and 10,000 test images of 32 x 32 in
  /// colour.
  ///
  /// Krizhevsky, "Learning multiple layers of features from tiny images", 2009. The file's size and
  /// SHA-256 are those that TensorFlow Datasets records.
  public static let cifar10 = cifar(
    archive: DatasetFile(
      part: .archive, name: "cifar-10-binary.tar.gz", byteCount: 170_052_171,
      sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
      packing: .asPublished),
    sources: [HTTPMirror("https://www.cs.toronto.edu/~kriz/")])

  /// The data set, from any archive with files of the format.
  package static func cifar(
    archive: DatasetFile, sources: [any DatasetSource]
  ) -> DatasetSpecification {
    DatasetSpecification(
      name: "cifar-10", title: "CIFAR-10", classNames: CIFARBinary.classNames,
      imageSize: (rows: 32, columns: 32), channels: 3, digest: nil, files: [archive],
      sources: sources, layout: CIFARArchive())
  }
}

/// The .bin files of CIFAR-10 in a tar.gz archive.
struct CIFARArchive: DatasetLayout {
  /// The archive has 185 MB unpacked; more than this is not it.
  private static let largest = 200 << 20

  func sets(
    of files: [DatasetPart: DatasetContent], classCount: Int, isCancelled: @Sendable () -> Bool
  ) throws -> (train: ImageSet, test: ImageSet)? {
    guard let archive = files[.archive] else { return nil }
    let bytes = try DataFile.unpacked(
      archive.bytes, file: archive.path, maximumBytes: Self.largest, isCancelled: isCancelled)
    func malformed(_ problem: String) -> DatasetError {
      .malformed(file: archive.path, format: "tar", problem: problem)
    }
    let tar: TarArchive
    do throws(TarArchive.Problem) {
      tar = try TarArchive(bytes)
    } catch {
      switch error {
      case .truncated: throw malformed("it ends early")
      case .damagedHeader(let offset): throw malformed("its header at byte \(offset) is damaged")
      }
    }
    func file(_ name: String) throws -> (name: String, bytes: [UInt8]) {
      let found = tar.entries.first { $0.path.split(separator: "/").last == name[...] }
      guard let found else { throw malformed("it has no \(name)") }
      return ("\(archive.path), \(name)", Array(bytes[found.range]))
    }
    return (
      try CIFARBinary.images(CIFARBinary.trainFiles.map(file)),
      try CIFARBinary.images([file(CIFARBinary.testFile)])
    )
  }
}
