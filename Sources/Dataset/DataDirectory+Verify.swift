/// How one of a data set's files is.
public enum FileState: Equatable, Sendable {
  /// The file is there, and its content is the right one.
  case ok
  /// The file is not there.
  case missing
  /// The file has its right length and another content.
  case wrongChecksum(found: String)
  /// The file ends early.
  case truncated
  /// The file is wrong in another way, or can't be read.
  case unusable(reason: String)
}

/// One of a data set's files, where it is and how it is.
public struct FileStatus: Equatable, Sendable {
  /// The file as it has to be.
  public let file: DatasetFile
  /// The path at which it was found, or else is expected.
  public let path: String
  /// How it is.
  public let state: FileState
}

/// A data set of the catalogue and which of its files are there, by name only.
public struct DatasetListing: Sendable {
  /// The data set.
  public let specification: DatasetSpecification
  /// The folder that was looked into.
  public let folder: String
  /// The files that are there, plain or packed; their content was not looked at.
  public let present: [DatasetFile]

  /// Whether all files are there.
  public var isComplete: Bool { present.count == specification.files.count }
}

extension DataDirectory {
  /// Reads and checks each file of a data set.
  ///
  /// - Parameters:
  ///   - specification: The data set.
  ///   - isCancelled: Returns true to stop; called now and then.
  /// - Returns: One status for each file, in the order of the catalogue.
  /// - Throws: ``DatasetError/cancelled`` only: every other failure is a file's state.
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

  /// Lists the catalogue with what is there of each data set; quick, as it opens only files that
  /// have another name than they should.
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
