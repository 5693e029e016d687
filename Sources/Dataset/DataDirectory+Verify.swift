/// The condition of one of a data set's files.
public enum FileState: Equatable, Sendable {
  /// The data directory holds the file with the right content.
  case ok
  /// The data directory does not hold the file, under its own name or any other.
  case missing
  /// The file has the right length but the wrong content, whose SHA-256 is `found`.
  case wrongChecksum(found: String)
  /// The file ends early.
  case truncated
  /// The file has another defect, or the system can't read it.
  case unusable(reason: String)
}

/// The location and condition of one of a data set's files.
public struct FileStatus: Equatable, Sendable {
  /// The file as the catalogue describes it.
  public let file: DatasetFile
  /// The path of the file found, or else the path where it belongs.
  public let path: String
  /// The condition that a check of the file's content found.
  public let state: FileState
}

/// A data set of the catalogue and those of its files that are present.
public struct DatasetListing: Sendable {
  /// The data set as the catalogue describes it.
  public let specification: DatasetSpecification
  /// The folder of the first file found, or else the folder where the files belong.
  public let folder: String
  /// The files that are present, plain or packed.
  ///
  /// The listing takes files under their own names as they are. It checks the content only of files
  /// under other names.
  public let present: [DatasetFile]

  /// True if every file of the data set is present.
  public var isComplete: Bool { present.count == specification.files.count }
}

extension DataDirectory {
  /// Reads each file of a data set and checks its content.
  ///
  /// - Parameters:
  ///   - specification: The data set.
  ///   - isCancelled: Returns true to stop; this method calls it now and then.
  /// - Returns: One status for each file, in the order of the catalogue.
  /// - Throws: ``DatasetError/cancelled`` only, because every other failure becomes a file's state.
  public func verify(
    _ specification: DatasetSpecification, isCancelled: @Sendable () -> Bool = { false }
  ) throws -> [FileStatus] {
    let folder = folder(of: specification)
    return try specification.files.map { file in
      guard !isCancelled() else { throw DatasetError.cancelled }
      let expected = LocalFile.candidates(file, in: folder).first ?? folder + "/" + file.name
      do {
        guard
          let local = try LocalFile.read(
            file, in: folder, orBelow: path, isCancelled: isCancelled)
        else {
          return FileStatus(file: file, path: expected, state: .missing)
        }
        return FileStatus(file: file, path: local.path, state: .ok)
      } catch let error as DatasetError where error != .cancelled {
        return FileStatus(file: file, path: expected, state: FileState(error))
      }
    }
  }

  /// Lists the data sets of the catalogue, each with those of its files that are present.
  ///
  /// The listing is quick because it opens only files that have other names than they should.
  public func list() -> [DatasetListing] {
    DatasetCatalogue.all.map { specification in
      let folder = folder(of: specification)
      let places = specification.files.map { file -> String? in
        if !LocalFile.candidates(file, in: folder).isEmpty { return folder }
        let found = try? LocalFile.read(file, in: folder, orBelow: path) { false }
        return found.map { Self.folder(of: $0.path) }
      }
      return DatasetListing(
        specification: specification, folder: places.compactMap(\.self).first ?? folder,
        present: zip(specification.files, places).filter { $0.1 != nil }.map(\.0))
    }
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }
}

extension FileState {
  /// The state that a failure to read or check a file stands for.
  init(_ error: DatasetError) {
    switch error {
    case .wrongChecksum(_, _, let found): self = .wrongChecksum(found: found)
    case .truncatedGzip, .malformedIDX(_, .truncated): self = .truncated
    default: self = .unusable(reason: error.description)
    }
  }
}
