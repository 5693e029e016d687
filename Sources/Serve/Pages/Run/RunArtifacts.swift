internal import Report
internal import SQLite
internal import Tracker

/// An artifact of a run, without its content.
struct RunArtifact {
  let run: Run
  let name: String
  let size: Int64
  let mediaType: String
  let sha256: String
  let created: String

  /// Finds the artifact that a request's `name` names.
  ///
  /// - Throws: ``HTTPFailure`` of status 404.
  init(_ visit: Visit, in tracker: Tracker) throws {
    run = try tracker.run(matching: visit.request.parameter("run"))
    name = visit.request.value("name") ?? ""
    let (uuid, artifact) = (run.uuid, name)
    let row = try tracker.read { connection in
      try connection.query(
        """
        SELECT size, media_type, sha256, created FROM artifacts
        WHERE run = :run AND artifact = :artifact
        """, ["run": .text(uuid), "artifact": .text(artifact)]
      ).rows.first
    }
    guard let row, let size = row[0].integer, let type = row[1].text, let sha256 = row[2].text
    else {
      throw HTTPFailure(.notFound, "the run \(uuid.prefix(8)) has no artifact '\(artifact)'")
    }
    (self.size, mediaType, self.sha256, created) = (size, type, sha256, row[3].text ?? "")
  }

  /// Its first bytes, so many at most and a piece at most.
  func beginning(_ count: Int, in tracker: Tracker) throws -> [UInt8] {
    struct IsEnough: Error {}
    var bytes: [UInt8] = []
    do {
      _ = try tracker.readArtifact(name, of: run.uuid, sha256: sha256) { piece in
        bytes += piece.prefix(count - bytes.count)
        if bytes.count >= count { throw IsEnough() }
      }
    } catch is IsEnough {
      return bytes
    }
    return bytes
  }
}

extension Router {
  /// Artifacts of runs: what is in them, and their bytes.
  mutating func addArtifacts() {
    on(.get, "/runs/:run/artifact") { visit in try visit.artifactPage() }
    on(.get, "/runs/:run/file") { visit in try visit.artifactFile() }
  }
}

extension Visit {
  /// The address of an artifact's page, or of its bytes.
  func artifactLink(_ run: Run, _ name: String, bytes isFile: Bool = false) -> String {
    site.address(
      of: database, ["runs", run.uuid, isFile ? "file" : "artifact"], [("name", name)])
  }

  fileprivate func artifactPage() throws -> HTTPResponse {
    let (artifact, preview) = try read { tracker in
      let artifact = try RunArtifact(self, in: tracker)
      return (artifact, try ArtifactPreview(of: artifact, in: tracker))
    }
    let run = artifact.run
    let file = artifactLink(run, artifact.name, bytes: true)
    return page(
      title: artifact.name,
      """
      <p class="muted">An artifact of <a href="\(link("runs", run.uuid))">\
      \(run.name ?? "\(run.kind) \(run.uuid.prefix(8))")</a></p>
      <div class="stack">
      <section class="card"><dl class="pair">
      <dt>Size</dt><dd>\(Shown.bytes(artifact.size)) (\(artifact.size) bytes)</dd>
      <dt>Media type</dt><dd>\(artifact.mediaType)</dd>
      <dt>Recorded (UTC)</dt><dd>\(Shown.time(artifact.created))</dd>
      <dt>SHA-256</dt><dd class="mono">\(artifact.sha256)</dd>
      </dl></section>
      \(preview.html(file: file))
      </div>
      """, actions: "<a class=\"button main\" href=\"\(file)\" download>Download</a>")
  }

  /// The bytes: a picture may be shown in a page, anything else is only saved.
  fileprivate func artifactFile() throws -> HTTPResponse {
    let (artifact, picture) = try read { tracker in
      let artifact = try RunArtifact(self, in: tracker)
      return (artifact, PictureType(of: try artifact.beginning(16, in: tracker)))
    }
    let visit = self
    let name = artifact.name.split(separator: "/").last.map(String.init) ?? "artifact"
    let isShown = picture != nil && given("inline") != nil
    let disposition =
      (isShown ? "inline" : "attachment") + "; filename*=UTF-8''" + PercentCoding.encoded(name)
    return HTTPResponse(
      headers: [
        HTTPHeader("Content-Type", picture?.rawValue ?? "application/octet-stream"),
        HTTPHeader("Content-Disposition", disposition),
      ],
      content: .stream(length: Int(artifact.size)) { sink in
        _ = try visit.read { tracker in
          try tracker.readArtifact(
            artifact.name, of: artifact.run.uuid, sha256: artifact.sha256
          ) { try sink.write($0) }
        }
      })
  }
}

/// A kind of picture that browsers show, told by its first bytes, whatever it is called.
enum PictureType: String {
  case png = "image/png"
  case jpeg = "image/jpeg"
  case gif = "image/gif"
  case webp = "image/webp"

  init?(of bytes: [UInt8]) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: Array("GIF8".utf8)) {
      self = .gif
    } else if bytes.starts(with: Array("RIFF".utf8)),
      bytes.dropFirst(8).starts(with: Array("WEBP".utf8))
    {
      self = .webp
    } else {
      return nil
    }
  }
}
