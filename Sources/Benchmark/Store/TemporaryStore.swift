import Foundation

/// A place for a database that is thrown away.
enum TemporaryStore {
  /// Gives a body the path of a database that is not there yet, and removes what it made of it.
  static func withPath<Result>(_ body: (String) throws -> Result) throws -> Result {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "assay-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory.appending(path: "bench.db").path)
  }
}
