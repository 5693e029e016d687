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

  /// Writes a program that tests execute.
  ///
  /// Another process writes it: a program that another test starts meanwhile would hold, until it
  /// runs, a file that this process writes, and a file that is open for writing cannot be executed.
  ///
  /// - Parameters:
  ///   - text: Its text.
  ///   - names: What it is called; several names are as many files.
  /// - Throws: ``ProgramNotWritten``.
  public func writeProgram(_ text: String, to names: String...) throws {
    let copying = #"""
      text=$(cat; echo .)
      for name; do printf %s "${text%.}" > "$name" && chmod 755 "$name" || exit; done
      """#
    let written = try run("/bin/sh", ["-c", copying, "sh"] + names, in: url, input: text)
    guard written.status == 0 else { throw ProgramNotWritten(reason: written.error) }
  }
}

/// A program for a test could not be written.
public struct ProgramNotWritten: Error {
  /// What the shell said.
  public let reason: String
}

/// The top of the source tree.
public let packageRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
