internal import Bytes
internal import Foundation
internal import Tracker

/// A file that an event names, ready to be stored.
struct PreparedFile {
  /// The artifact's name.
  let name: String
  let mediaType: String
  let content: StoredContent

  /// Whether a database takes so much.
  var isStorable: Bool { content.size <= StoredContent.largestSize }
}

/// The files that one event names; nil: it names none, or it cannot be read.
struct PreparedFiles {
  var artifact: PreparedFile?
  var checkpoint: PreparedFile?
}

/// Finds the files that events name.
struct NamedFiles {
  let directory: RunDirectory
  let workingDirectory: String

  /// Reads the digests of the files that an event names.
  func prepare(_ event: Event, problems batch: inout EventBatch) -> PreparedFiles {
    var files = PreparedFiles()
    if let file = event.artifact {
      files.artifact = prepare(
        file.path, in: [workingDirectory, directory.files], name: artifactName(of: file),
        mediaType: file.mediaType, as: "artifact", problems: &batch)
      if let large = files.artifact, !large.isStorable {
        batch.add(
          EventProblem(
            "the artifact '\(large.name)' of \(large.content.size) bytes is larger than a "
              + "database takes, and is not kept"))
        files.artifact = nil
      }
    }
    if let file = event.checkpoint {
      files.checkpoint = prepare(
        file.path, in: [directory.checkpoints, workingDirectory],
        name: CheckpointFile.prefix + checkpointName(of: file), mediaType: nil, as: "checkpoint",
        problems: &batch)
      if let large = files.checkpoint, !large.isStorable {
        batch.add(
          EventProblem(
            "the checkpoint '\(file.path)' of \(large.content.size) bytes is larger than a "
              + "database takes, and stays in its directory alone"))
      }
    }
    return files
  }

  /// A file as an artifact of a name.
  ///
  /// - Throws: ``ProgramError/inputOutput(path:detail:)``.
  static func prepare(
    _ path: String, name: String, mediaType: String? = nil
  ) throws(ProgramError) -> PreparedFile {
    let (sha256, size) = try FileDigest.sha256(of: path)
    let content = StoredContent(sha256: sha256, size: size) { range in
      try FileOnDisk(path)?.bytes(range) ?? []
    }
    return PreparedFile(
      name: name, mediaType: mediaType ?? MediaType.ofFile(named: path), content: content)
  }

  private func prepare(
    _ path: String, in folders: [String], name: String, mediaType: String?, as what: String,
    problems batch: inout EventBatch
  ) -> PreparedFile? {
    let paths = path.hasPrefix("/") ? [path] : folders.map { "\($0)/\(path)" }
    let found = paths.first { FileManager.default.fileExists(atPath: $0) } ?? paths[0]
    do throws(ProgramError) {
      return try Self.prepare(found, name: name, mediaType: mediaType)
    } catch {
      guard case .inputOutput(_, let detail) = error else { return nil }
      batch.add(
        EventProblem("the \(what) '\(path.prefix(1000))' cannot be read: \(detail)"))
      return nil
    }
  }

  private func artifactName(of file: Event.File) -> String {
    if let name = file.name { return name }
    return file.path.hasPrefix("/") ? lastPart(of: file.path) : file.path
  }

  /// A path below the directory of checkpoints, which is where the next execution finds it.
  private func checkpointName(of file: Event.File) -> String {
    var name = file.name ?? file.path
    if name.hasPrefix(directory.checkpoints + "/") {
      name = String(name.dropFirst(directory.checkpoints.count + 1))
    }
    if name.hasPrefix("/") { name = lastPart(of: name) }
    let parts = name.split(separator: "/").filter { ![".", ".."].contains($0) }
    return parts.isEmpty ? "checkpoint" : parts.joined(separator: "/")
  }

  private func lastPart(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? "file"
  }
}

/// What kinds of content files hold.
enum MediaType {
  private static let known = [
    "json": "application/json", "jsonl": "application/jsonl", "txt": "text/plain",
    "log": "text/plain", "md": "text/markdown", "csv": "text/csv", "yaml": "application/yaml",
    "yml": "application/yaml", "html": "text/html", "svg": "image/svg+xml", "png": "image/png",
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "pdf": "application/pdf",
    "zip": "application/zip", "gz": "application/gzip", "patch": "text/x-diff",
  ]

  /// What a file holds by its name's ending.
  static func ofFile(named name: String) -> String {
    let ending = name.split(separator: "/").last?.split(separator: ".").last ?? ""
    return known[ending.lowercased()] ?? "application/octet-stream"
  }
}
