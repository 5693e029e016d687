internal import Bytes
internal import Foundation

/// Reads whole files, whether on disk, from a pipe or from standard input.
public enum InputFile {
  /// Reads a file, or a pipe to its end.
  ///
  /// - Parameters:
  ///   - path: The file; `-` stands for standard input.
  ///   - isCancelled: Returns true to stop. The reader calls it several times a second.
  /// - Returns: The content.
  /// - Throws: ``InterchangeError/unreadable(file:detail:)``, ``InterchangeError/cancelled``, or
  ///   ``InterchangeError/unsupported(file:feature:)`` for what does not fit into memory.
  public static func read(
    _ path: String, isCancelled: () -> Bool = { false }
  ) throws(InterchangeError) -> [UInt8] {
    let path = place(path)
    do {
      return try WholeFile.read(path, isCancelled: isCancelled)
    } catch {
      throw failure(error, of: path)
    }
  }

  /// Reads a text of which records are made that take many times its size.
  ///
  /// - Parameters:
  ///   - path: The file; `-` stands for standard input.
  ///   - isCancelled: Returns true to stop. The reader calls it several times a second.
  /// - Returns: The content.
  /// - Throws: The errors of ``read(_:isCancelled:)``, with ``UnsupportedFeature/textSize(limit:)``.
  public static func readText(
    _ path: String, isCancelled: () -> Bool = { false }
  ) throws(InterchangeError) -> [UInt8] {
    let path = place(path)
    do {
      return try WholeFile.read(path, part: textPart, isCancelled: isCancelled)
    } catch .tooLarge(let limit) {
      throw .unsupported(file: name(path), feature: .textSize(limit: limit))
    } catch {
      throw failure(error, of: path)
    }
  }

  /// A short line of CSV takes ten times its size in memory.
  private static let textPart = 12

  /// Why a file is not read, in the words of this library.
  static func failure(_ error: WholeFileError, of path: String) -> InterchangeError {
    switch error {
    case .cancelled: .cancelled
    case .tooLarge(let limit): .unsupported(file: name(path), feature: .fileSize(limit: limit))
    case .system(ENOENT): .unreadable(file: path, detail: "there is no such file")
    case .system(let code): .unreadable(file: path, detail: WholeFileError.words(for: code))
    }
  }

  /// Where a path leads: `-` is standard input, as in other programs.
  static func place(_ path: String) -> String { path == "-" ? standardInput : path }

  private static let standardInput = "/dev/stdin"

  /// A file's name for messages, without its folders.
  ///
  /// Paths in /dev keep their folder, except that /dev/stdin becomes "standard input".
  public static func name(_ path: String) -> String {
    if place(path) == standardInput { return "standard input" }
    // Numbers of descriptors would say nothing without their folder.
    return path.hasPrefix("/dev/") ? path : URL(fileURLWithPath: path).lastPathComponent
  }
}
