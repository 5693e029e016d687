internal import Bytes
internal import Foundation
internal import SQLite
internal import Tracker

/// Artifacts, whose addresses are EXPERIMENT/RUN/artifacts/NAME, and of models
/// EXPERIMENT/models/MODEL/artifacts/NAME.
struct MLflowArtifactPlace {
  let run: MLflowStore.Run
  /// What stands before the names of what is meant, with a slash at the end, or nothing.
  let prefix: String
  /// The name below it; empty for all of it.
  let name: String

  /// Finds a place.
  ///
  /// - Throws: ``HTTPFailure`` if nothing can be there.
  init(_ parts: [String], in store: MLflowStore) throws {
    guard !parts.contains(where: { $0.contains("/") || $0.contains("\\") }) else {
      throw HTTPFailure.invalid("Invalid path")
    }
    if parts.count >= 4, parts[1] == "models", parts[3] == "artifacts" {
      run = try store.run(try store.model(parts[2]).run)
      prefix = "models/\(parts[2])/"
      name = parts.dropFirst(4).joined(separator: "/")
    } else {
      guard parts.count >= 3, parts[2] == "artifacts" else {
        throw HTTPFailure.unknown("There are no artifacts at \(parts.joined(separator: "/"))")
      }
      run = try store.run(parts[1])
      prefix = ""
      name = parts.dropFirst(3).joined(separator: "/")
    }
  }
}

extension Visit {
  func putArtifact() throws -> HTTPResponse {
    let tracker = try recorder()
    let place = try tracker.recordMLflow { store in
      let place = try MLflowArtifactPlace(request.rest, in: store)
      _ = try store.openRun(place.run.uuid)
      return place
    }
    guard !place.name.isEmpty else { throw HTTPFailure.invalid("Invalid path: a file has a name") }
    let file = try ArtifactDraft(request.body)
    let type = request.header("content-type") ?? "application/octet-stream"
    let run = try tracker.run(uuid: place.run.uuid)
    try tracker.amend([run]) { writer in
      try writer.putArtifact(
        place.prefix + place.name,
        StoredContent(sha256: file.sha256, size: file.size, piece: file.piece), mediaType: type)
    }
    return .text("{}", type: "application/json")
  }

  func getArtifact() throws -> HTTPResponse {
    let found = try read { tracker in
      try tracker.readMLflow { store in
        let place = try MLflowArtifactPlace(request.rest, in: store)
        let name = place.prefix + place.name
        return try store.connection.rows(
          """
          SELECT blob.sha256, blob.size, media_type FROM artifact
          JOIN blob ON blob.id = blob_id WHERE run_id = ? AND name = ?
          """, [.integer(place.run.id), .text(name)]
        ) { row in
          (
            run: place.run.uuid, name: name, sha256: try row.text(0), size: try row.int(1),
            type: try row.text(2)
          )
        }.first
      }
    }
    guard let found else {
      throw HTTPFailure.unknown("There is no artifact \(request.rest.joined(separator: "/"))")
    }
    let visit = self
    return HTTPResponse(
      headers: [
        HTTPHeader("Content-Type", found.type),
        HTTPHeader("Content-Disposition", "attachment"),
      ],
      content: .stream(length: found.size) { sink in
        _ = try visit.read { tracker in
          try tracker.readArtifact(found.name, of: found.run, sha256: found.sha256) {
            try sink.write($0)
          }
        }
      })
  }

  func listArtifacts() throws -> HTTPResponse {
    let parts = (request.value("path") ?? "").split(separator: "/").map(String.init)
    let entries = try read { tracker in
      try tracker.readMLflow { store in
        try store.entries(in: MLflowArtifactPlace(parts, in: store))
      }
    }
    return Self.list(entries, below: "")
  }

  /// The list that clients ask for who are not sent to the artifacts' own address.
  func listRunArtifacts() throws -> HTTPResponse {
    let fields = try MLflowFields(of: request, atMost: 0)
    let id = try fields.runID
    let path = try fields.text("path") ?? ""
    let parts = [MLflowExperiment.defaultNumber, id, "artifacts"]
    let entries = try read { tracker in
      try tracker.readMLflow { store in
        let names = path.split(separator: "/").map(String.init)
        return try store.entries(in: MLflowArtifactPlace(parts + names, in: store))
      }
    }
    return Self.list(entries, below: path.isEmpty ? "" : path + "/")
  }

  private static func list(_ entries: [MLflowStore.Entry], below path: String) -> HTTPResponse {
    var json = JSONText()
    json.object { object in
      object.member("files") { json in
        json.list(entries) { json, entry in
          json.object { object in
            object.string("path", path + entry.name)
            object.member("is_dir") { $0.raw(entry.size == nil ? "true" : "false") }
            object.integer("file_size", entry.size)
          }
        }
      }
    }
    return json.response()
  }

  func deleteArtifact() throws -> HTTPResponse {
    try recorder().recordMLflow { store in
      let place = try MLflowArtifactPlace(request.rest, in: store)
      _ = try store.openRun(place.run.uuid)
      let name = place.prefix + place.name
      try store.connection.execute(
        """
        DELETE FROM artifact WHERE run_id = ?1
          AND (name = ?2 OR ?2 = '' OR substr(name, 1, length(?2) + 1) = ?2 || '/')
        """, [.integer(place.run.id), .text(name)])
    }
    return HTTPResponse(.noContent)
  }
}

extension MLflowStore {
  /// A file or a folder; a folder has no size.
  struct Entry {
    let name: String
    let size: Int64?
  }

  /// What is in a folder.
  func entries(in place: MLflowArtifactPlace) throws -> [Entry] {
    let path = place.prefix + (place.name.isEmpty ? "" : place.name + "/")
    let names = try connection.rows(
      """
      SELECT substr(name, length(?2) + 1), blob.size
      FROM artifact JOIN blob ON blob.id = blob_id
      WHERE run_id = ?1 AND substr(name, 1, length(?2)) = ?2 ORDER BY name
      """, [.integer(place.run.id), .text(path)]
    ) { (try $0.text(0), try $0.int64(1)) }
    var entries: [Entry] = []
    for (name, size) in names {
      guard let slash = name.firstIndex(of: "/") else {
        entries.append(Entry(name: name, size: size))
        continue
      }
      let folder = String(name[..<slash])
      if entries.last?.name != folder { entries.append(Entry(name: folder, size: nil)) }
    }
    return entries
  }
}

/// A file that a client sends, on disk until it is recorded.
private final class ArtifactDraft {
  private let handle: FileHandle
  let sha256: String
  let size: Int64

  init(_ body: HTTPBody) throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("assay-\(UUID().uuidString)")
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
      throw HTTPFailure(
        .internalError, "no file can be made in \(url.deletingLastPathComponent().path)")
    }
    // Nobody needs its name, and it goes with the process.
    defer { try? FileManager.default.removeItem(at: url) }
    handle = try FileHandle(forUpdating: url)
    var digest = ContentDigest()
    var count: Int64 = 0
    while let bytes = try body.next() {
      count += Int64(bytes.count)
      guard count <= StoredContent.largestSize else {
        throw HTTPFailure(.tooLarge, "A file has \(StoredContent.largestSize) bytes at most")
      }
      digest.update(bytes)
      try handle.write(contentsOf: bytes)
    }
    (sha256, size) = (digest.name, count)
  }

  func piece(_ range: Range<Int>) throws -> [UInt8] {
    try handle.seek(toOffset: UInt64(range.lowerBound))
    return Array(try handle.read(upToCount: range.count) ?? Data())
  }
}
