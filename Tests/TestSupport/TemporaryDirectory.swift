public import Foundation

/// A directory of a test's own, removed with all that is in it when the test is done.
public final class TemporaryDirectory: Sendable {
  /// Where it is.
  public let url: URL

  /// Creates an empty directory.
  public init() throws {
    url = FileManager.default.temporaryDirectory
      .appending(path: "assay-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// The path of a file in it.
  public func path(_ name: String) -> String { url.appending(path: name).path }
}

/// The top of the source tree.
public let packageRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
