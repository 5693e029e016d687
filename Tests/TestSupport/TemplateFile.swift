internal import Foundation
internal import Synchronization

/// A file that many tests begin with: made once in this process, and copied for each of them.
public final class TemplateFile: Sendable {
  private let make: @Sendable (_ path: String) throws -> Void
  private let made = Mutex<Result<Data, any Error>?>(nil)

  /// Describes the file.
  ///
  /// - Parameter make: Writes it, and leaves nothing beside it, such as a journal.
  public init(_ make: @escaping @Sendable (_ path: String) throws -> Void) {
    self.make = make
  }

  /// Writes a copy.
  ///
  /// - Throws: What making it threw, for every test that asks for it, and `CocoaError`.
  public func copy(to path: String) throws {
    let content = try made.withLock { made in
      let result = made ?? Result { try read() }
      made = result
      return try result.get()
    }
    try content.write(to: URL(fileURLWithPath: path))
  }

  private func read() throws -> Data {
    let directory = try TemporaryDirectory()
    try make(directory.path("file"))
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.url.path)
    guard names == ["file"] else { throw CocoaError(.fileReadUnknown) }
    return try Data(contentsOf: directory.url.appending(path: "file"))
  }
}
