internal import Foundation

/// A directory with event files of TensorBoard, which TensorBoard shows as one run.
public struct EventDirectory: Sendable, Equatable {
  /// Its path below the directory that was searched, "." for that itself.
  public let name: String
  /// Its path.
  public let path: String
  /// The paths of its event files, in the order in which they were begun.
  public fileprivate(set) var files: [String]

  /// Whether a file is an event file by its name.
  public static func isEventFile(_ name: String) -> Bool {
    name.contains("tfevents")
  }

  /// Finds the directories with event files in a directory tree.
  ///
  /// - Parameters:
  ///   - root: The directory to search, which may also be one event file.
  ///   - isCancelled: Returns true to stop.
  /// - Returns: The directories by name.
  /// - Throws: ``InterchangeError/unreadable(file:detail:)`` if there is no such directory or it
  ///   cannot be listed, ``InterchangeError/cancelled``.
  public static func find(
    in root: String, isCancelled: () -> Bool = { false }
  ) throws(InterchangeError) -> [EventDirectory] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: root, isDirectory: &isDirectory) else {
      throw .unreadable(file: root, detail: "there is no such directory")
    }
    let base = URL(fileURLWithPath: root).resolvingSymlinksInPath().path
    guard isDirectory.boolValue else {
      let folder = URL(fileURLWithPath: base).deletingLastPathComponent().path
      return [EventDirectory(name: ".", path: folder, files: [base])]
    }
    guard FileManager.default.isReadableFile(atPath: base),
      let tree = FileManager.default.enumerator(atPath: base)
    else { throw .unreadable(file: root, detail: "permission denied") }
    var found: [String: EventDirectory] = [:]
    while let path = tree.nextObject() as? String {
      guard !isCancelled() else { throw .cancelled }
      let parts = path.split(separator: "/")
      guard let file = parts.last, isEventFile(String(file)) else { continue }
      let name = parts.count > 1 ? parts.dropLast().joined(separator: "/") : "."
      let folder = name == "." ? base : base + "/" + name
      found[name, default: EventDirectory(name: name, path: folder, files: [])]
        .files.append(folder + "/" + file)
    }
    return found.values
      .map { EventDirectory(name: $0.name, path: $0.path, files: $0.files.sorted()) }
      .sorted { $0.name < $1.name }
  }
}
