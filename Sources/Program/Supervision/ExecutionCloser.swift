internal import Foundation
internal import Tracker

/// Ends an execution: records what its command has left, and the end itself, in one transaction.
struct ExecutionCloser {
  let run: ActiveRun
  let directory: RunDirectory
  /// The file of the database, an absolute path without symbolic links.
  let database: String
  let workingDirectory: String
  let artifactPatterns: [String]
  /// Whether the directory is removed with all that is recorded: that of a copied database belongs to
  /// the original.
  var clearsDirectory = true
  /// When the command ended, as whoever supervised it saw; nil: that is not known, or it is now.
  var seen: ExecutionEnd?

  /// Ends the execution and its run.
  ///
  /// - Parameters:
  ///   - state: Finished, failed or interrupted.
  ///   - error: Why it failed.
  ///   - usage: What the command used.
  /// - Returns: What could not be kept, a line each.
  /// - Throws: `TrackerError`, such as `leaseLost`, or `SQLiteError`.
  func close(_ state: RunState, error: String?, usage: ProgramUsage) throws -> [String] {
    var problems: [String] = []
    let files = artifacts(&problems)
    let outputs = [
      ("output", directory.output(run.execution)), ("errors", directory.errors(run.execution)),
    ]
    let write: (RunWriter) throws -> Void = { writer in
      for (name, path) in outputs {
        let content = KeptOutput(path).content
        guard !content.isEmpty else { continue }
        try writer.putArtifact(
          ArtifactName(name, run.execution).text, bytes: content, mediaType: "text/plain")
      }
      for file in files {
        try writer.putArtifact(file.name, file.content, mediaType: file.mediaType)
      }
      for problem in problems { try writer.addNote(problem, once: true) }
      try writer.recordUsage(usage, of: run.execution)
      try writer.markRecorded(run.execution)
    }
    switch state {
    case .finished: try run.finish(seen: seen, write)
    case .failed: try run.fail(error ?? "it failed", seen: seen, write)
    default: try run.interrupt(seen: seen, write)
    }
    if clearsDirectory {
      directory.clear(
        after: run, keepingCheckpoints: state != .finished || directory.hasUnstorableCheckpoints)
    }
    return problems
  }

  /// The files that patterns name, below the working directory.
  private func artifacts(_ problems: inout [String]) -> [PreparedFile] {
    var files: [PreparedFile] = []
    let ownFiles = OwnFiles(of: database)
    for pattern in artifactPatterns {
      let found = FilePattern(pattern).files(in: workingDirectory)
      let paths = found.filter { !ownFiles.contains(fullPath(of: $0)) }
      if found.isEmpty {
        problems.append("no file is like '\(pattern)'")
      } else if paths.isEmpty {
        problems.append("what is like '\(pattern)' is Assay's own, and not kept")
      }
      for path in paths {
        let full = fullPath(of: path)
        do throws(ProgramError) {
          let file = try NamedFiles.prepare(full, name: path)
          if file.isStorable {
            files.append(file)
          } else {
            problems.append(
              "the artifact '\(path)' of \(file.content.size) bytes is larger than a database "
                + "takes, and is not kept")
          }
        } catch {
          problems.append("the artifact '\(path)' is not kept: \(error)")
        }
      }
    }
    return files
  }

  private func fullPath(of path: String) -> String {
    path.hasPrefix("/") ? path : workingDirectory + "/" + path
  }
}

/// What Assay itself writes beside a command's files: a database, its journals, and the directories
/// of its runs.
private struct OwnFiles {
  private let files: Set<String>
  private let directory: String

  init(of database: String) {
    files = Set(["", "-wal", "-shm", "-journal"].map { database + $0 })
    directory = RunDirectory.parent(database: database) + "/"
  }

  /// Whether a path is one of them; a link of the user's to a run's file is not.
  func contains(_ path: String) -> Bool {
    let file = URL(fileURLWithPath: path)
    let folder = file.deletingLastPathComponent().resolvingSymlinksInPath().path + "/"
    return folder.hasPrefix(directory) || files.contains(file.resolvingSymlinksInPath().path)
  }
}

/// A pattern of files, as a shell's.
struct FilePattern {
  private let pattern: String

  init(_ pattern: String) {
    self.pattern = pattern
  }

  /// The regular files of the pattern, and those below directories of it, sorted.
  ///
  /// - Parameter directory: Where relative patterns begin.
  /// - Returns: Their paths, as the pattern has them: relative to the directory, or absolute.
  func files(in directory: String) -> [String] {
    let isAbsolute = pattern.hasPrefix("/")
    let prefix = isAbsolute ? "" : Self.escaped(directory) + "/"
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(prefix + pattern, GLOB_BRACE, nil, &found) == 0 else { return [] }
    let paths = (0..<Int(found.gl_pathc)).compactMap {
      found.gl_pathv[$0].map { String(cString: $0) }
    }
    let below = paths.flatMap { path -> [String] in
      guard Self.isDirectory(path) else { return [path] }
      let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
      return names.map { path + "/" + $0 }.filter { !Self.isDirectory($0) }
    }
    return below.sorted().map { isAbsolute ? $0 : String($0.dropFirst(directory.count + 1)) }
  }

  private static func isDirectory(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    return isThere && isDirectory.boolValue
  }

  /// A directory's path as a pattern of itself alone.
  private static func escaped(_ path: String) -> String {
    String(path.flatMap { "*?[]{}\\".contains($0) ? ["\\", $0] : [$0] })
  }
}
