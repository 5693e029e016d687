import Foundation

/// A temporary place for a database.
enum TemporaryStore {
  /// Calls a body with the path of a database that doesn't exist yet, and removes the database
  /// afterwards.
  static func withPath<Result>(_ body: (String) throws -> Result) throws -> Result {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "assay-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory.appending(path: "bench.db").path)
  }
}
