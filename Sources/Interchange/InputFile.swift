internal import Foundation

/// Files that are read as a whole.
public enum InputFile {
  /// The content of a file.
  ///
  /// - Throws: ``InterchangeError/unreadable(file:detail:)``.
  public static func read(_ path: String) throws(InterchangeError) -> [UInt8] {
    do {
      return Array(try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe))
    } catch let error as CocoaError {
      let isMissing = error.code == .fileReadNoSuchFile
      throw .unreadable(
        file: path,
        detail: isMissing ? "there is no such file" : "it is no file, or not this user's to read")
    } catch {
      throw .unreadable(file: path, detail: "it cannot be read")
    }
  }

  /// A file's name without its folders.
  public static func name(_ path: String) -> String {
    URL(fileURLWithPath: path).lastPathComponent
  }
}
