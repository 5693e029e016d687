import Foundation

/// A data set's file on this machine, plain or packed.
enum LocalFile {
  /// The paths under which a file is there, the plain one first.
  static func candidates(_ file: DatasetFile, in folder: String) -> [String] {
    [file.name, file.name + ".gz"].map { folder + "/" + $0 }
      .filter { FileManager.default.fileExists(atPath: $0) }
  }

  /// The file's path and unpacked content; nil when it is not there.
  ///
  /// - Throws: ``DatasetError``: why the first of the ``candidates(_:in:)`` is not the right file,
  ///   when none of them is.
  static func read(
    _ file: DatasetFile, in folder: String, isCancelled: @Sendable () -> Bool
  ) throws -> (path: String, bytes: [UInt8])? {
    var failure: DatasetError?
    for path in candidates(file, in: folder) {
      guard !isCancelled() else { throw DatasetError.cancelled }
      do {
        let bytes = try DataFile.read(
          path, maximumBytes: file.byteCount, isCancelled: isCancelled)
        try file.check(bytes, path: path)
        return (path, bytes)
      } catch DatasetError.cancelled {
        throw DatasetError.cancelled
      } catch let error as DatasetError {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return nil
  }
}
