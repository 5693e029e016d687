internal import Foundation
internal import Interchange
internal import Tracker

/// The files below a directory, to be taken as a run's artifacts.
struct ArtifactFolder {
  let path: String
  let context: ImportContext
  /// What messages call the run.
  let label: String
  /// Whether a link stands for the file that it leads to.
  var followsLinks = false

  /// A larger file would not fit into a cell of SQLite with room to spare.
  private static let largest = 512 << 20

  /// Hands over all regular files, named by their paths below the directory.
  ///
  /// - Throws: ``ForeignTrackerError/cancelled``, `InterchangeError`, `SQLiteError`.
  func write(to writer: ImportWriter) throws {
    guard context.takesArtifacts, let tree = FileManager.default.enumerator(atPath: path) else {
      return
    }
    var names: [String] = []
    while let name = tree.nextObject() as? String {
      if isWanted(name, attributes: tree.fileAttributes) { names.append(name) }
    }
    for name in names.sorted() {
      try context.checkCancellation()
      let file = path + "/" + name
      try writer.addArtifact(name, mediaType: Self.mediaType(of: name)) {
        try InputFile.read(file, isCancelled: context.isCancelled)
      }
    }
  }

  private func isWanted(_ name: String, attributes: [FileAttributeKey: Any]?) -> Bool {
    var attributes = attributes
    if attributes?[.type] as? FileAttributeType == .typeSymbolicLink {
      let target = URL(fileURLWithPath: path + "/" + name).resolvingSymlinksInPath().path
      attributes = followsLinks ? try? FileManager.default.attributesOfItem(atPath: target) : nil
      if attributes?[.type] as? FileAttributeType != .typeRegular {
        context.notes.add("links among its artifacts are left out", of: label)
      }
    }
    guard attributes?[.type] as? FileAttributeType == .typeRegular else { return false }
    guard attributes?[.size] as? Int ?? 0 <= Self.largest else {
      context.notes.add("artifacts of more than \(Self.largest >> 20) MB are left out", of: label)
      return false
    }
    return true
  }

  private static let mediaTypes = [
    "csv": "text/csv", "gif": "image/gif", "html": "text/html", "jpeg": "image/jpeg",
    "jpg": "image/jpeg", "json": "application/json", "log": "text/plain", "md": "text/markdown",
    "pdf": "application/pdf", "png": "image/png", "py": "text/x-python", "svg": "image/svg+xml",
    "txt": "text/plain", "yaml": "application/yaml", "yml": "application/yaml",
  ]

  private static func mediaType(of name: String) -> String {
    mediaTypes[URL(fileURLWithPath: name).pathExtension.lowercased()] ?? "application/octet-stream"
  }
}
