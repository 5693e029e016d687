internal import Bytes
internal import Foundation

/// A checkpoint as a file in its run's directory.
struct CheckpointFile {
  /// What the names of artifacts begin with that are checkpoints.
  static let prefix = "checkpoint/"

  /// The name, a path below the directory of checkpoints.
  let name: String
  /// The file's absolute path.
  let path: String

  /// The file of an artifact.
  init(_ artifact: String, in directory: RunDirectory) {
    name = String(artifact.dropFirst(Self.prefix.count))
    // A name that leads out of the directory would overwrite what is there.
    let parts = name.split(separator: "/").filter { ![".", ".."].contains($0) }
    path = directory.checkpoints + "/" + parts.joined(separator: "/")
  }

  /// The SHA-256 of the file's content; nil if there is no such file.
  var digest: String? { (try? FileDigest.sha256(of: path))?.sha256 }

  /// Makes the file anew.
  ///
  /// - Parameter read: Reads the content by pieces; false: there is none.
  /// - Returns: Whether there was content.
  /// - Throws: ``ProgramError/inputOutput(path:detail:)``, or what `read` throws.
  func restore(_ read: (_ write: ([UInt8]) throws -> Void) throws -> Bool) throws -> Bool {
    let draft = path + ".restoring"
    try? FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path,
      withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(errno) }
    defer {
      close(descriptor)
      unlink(draft)
    }
    let isThere = try read { bytes in
      var done = 0
      while done < bytes.count {
        let count = bytes[done...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 || errno == EINTR else { throw failure(errno) }
        done += max(count, 0)
      }
    }
    guard isThere else { return false }
    guard rename(draft, path) == 0 else { throw failure(errno) }
    return true
  }

  private func failure(_ code: Int32) -> ProgramError {
    .inputOutput(path: path, detail: String(cString: strerror(code)))
  }
}

/// Digests of files of any size, by pieces.
enum FileDigest {
  private static let pieceSize = 1 << 20

  /// The SHA-256 and the size of a regular file's content.
  ///
  /// - Throws: ``ProgramError/inputOutput(path:detail:)``, also if it is no regular file.
  static func sha256(of path: String) throws(ProgramError) -> (sha256: String, size: Int64) {
    let found: (String, Int64)?
    do throws(WholeFileError) {
      found = try digest(of: path)
    } catch {
      guard case .system(let code) = error else {
        throw .inputOutput(path: path, detail: "it cannot be read")
      }
      throw .inputOutput(path: path, detail: WholeFileError.words(for: code))
    }
    guard let found else {
      throw .inputOutput(path: path, detail: "it is not a regular file")
    }
    return found
  }

  private static func digest(of path: String) throws(WholeFileError) -> (String, Int64)? {
    guard let file = try FileOnDisk(path) else { return nil }
    var digest = ContentDigest()
    var size = 0
    while true {
      let piece = try file.bytes(size..<size + pieceSize)
      digest.update(piece)
      size += piece.count
      if piece.count < pieceSize { return (digest.name, Int64(size)) }
    }
  }
}
