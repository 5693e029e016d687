import Foundation

/// A data set's file on this machine, plain or packed.
enum LocalFile {
  /// The paths under which a file is there, the plain one first.
  static func candidates(_ file: DatasetFile, in folder: String) -> [String] {
    [file.name, file.publishedName].prefix(file.packing == .gzip ? 2 : 1)
      .map { folder + "/" + $0 }.filter { FileManager.default.fileExists(atPath: $0) }
  }

  /// The file's path and unpacked content; nil when it is not there.
  ///
  /// - Parameters:
  ///   - file: The file as it has to be.
  ///   - folder: Where it lies under its name.
  ///   - directory: Below which it may lie under any name; nil for nowhere else.
  ///   - isCancelled: Returns true to stop; called now and then.
  /// - Returns: The file.
  /// - Throws: ``DatasetError``: why the first of the ``candidates(_:in:)`` is not the right file,
  ///   when none of them is.
  static func read(
    _ file: DatasetFile, in folder: String, orBelow directory: String? = nil,
    isCancelled: @Sendable () -> Bool
  ) throws -> (path: String, bytes: [UInt8])? {
    let (found, failure) = try firstRight(
      file, of: candidates(file, in: folder), isCancelled: isCancelled)
    if let found { return found }
    if let directory {
      let others = ContentSearch.files(that: file, mayBeBelow: directory)
      let (found, _) = try firstRight(file, of: others, isCancelled: isCancelled)
      if let found { return found }
    }
    if let failure { throw failure }
    return nil
  }

  /// The first of some files that has the right content, or else what is wrong with the first.
  private static func firstRight(
    _ file: DatasetFile, of paths: [String], isCancelled: @Sendable () -> Bool
  ) throws -> (found: (path: String, bytes: [UInt8])?, failure: DatasetError?) {
    var failure: DatasetError?
    for path in paths {
      guard !isCancelled() else { throw DatasetError.cancelled }
      do {
        let bytes = try file.content(
          of: DataFile.readPlain(
            path, maximumBytes: file.largestPublished, isCancelled: isCancelled),
          file: path, isCancelled: isCancelled)
        try file.check(bytes, path: path)
        return ((path, bytes), nil)
      } catch DatasetError.cancelled {
        throw DatasetError.cancelled
      } catch let error as DatasetError {
        failure = failure ?? error
      }
    }
    return (nil, failure)
  }
}
