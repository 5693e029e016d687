internal import Bytes
internal import SQLite

/// A file's content that is to be stored, read piece by piece.
public struct StoredContent {
  /// The SHA-256 of the content.
  public let sha256: String
  /// Its size in bytes.
  public let size: Int64
  /// Reads a range of it.
  let piece: (Range<Int>) throws -> [UInt8]

  /// Describes content.
  ///
  /// - Parameters:
  ///   - sha256: The SHA-256 of the content.
  ///   - size: Its size in bytes.
  ///   - piece: Reads a range of it; fewer bytes where the file has become shorter.
  public init(sha256: String, size: Int64, piece: @escaping (Range<Int>) throws -> [UInt8]) {
    self.sha256 = sha256
    self.size = size
    self.piece = piece
  }

  /// The largest size that can be stored, in bytes.
  public static var largestSize: Int64 { Int64(Connection.largestBlob) }

  /// A file has changed while it was stored.
  public struct Changed: Error {}
}

extension RunWriter {
  /// Stores an artifact of any size piece by piece.
  ///
  /// It replaces the run's artifact of the same name. Content that is there already is not written
  /// again.
  ///
  /// - Throws: ``TrackerError/unusableName(_:of:)``; ``StoredContent/Changed`` if the content is not
  ///   what its SHA-256 says; `SQLiteError`.
  public func putArtifact(_ name: String, _ content: StoredContent, mediaType: String) throws {
    try RecordName.check(name, of: "artifact")
    let held = try connection.rows(
      """
      SELECT blob.sha256 = ? FROM artifact JOIN blob ON blob.id = artifact.blob_id
      WHERE artifact.run_id = ? AND artifact.name = ?
      """, [.text(content.sha256), .integer(runID), .text(name)]
    ) { try $0.int(0) == 1 }
    guard held != [true] else { return }
    try removeArtifact(name)
    let isNew = try connection.execute(
      """
      INSERT INTO blob (sha256, size, content) VALUES (?1, ?2, zeroblob(?2)) ON CONFLICT DO NOTHING
      """, [.text(content.sha256), .integer(content.size)])
    if isNew > 0 {
      var digest = ContentDigest()
      try connection.fillBlob(
        table: "blob", column: "content", row: connection.lastInsertedRow
      ) { range in
        let bytes = try content.piece(range)
        guard bytes.count == range.count else { throw StoredContent.Changed() }
        digest.update(bytes)
        return bytes
      }
      guard digest.name == content.sha256 else { throw StoredContent.Changed() }
    }
    try execute(
      """
      INSERT INTO artifact (run_id, name, blob_id, media_type, created_ms)
      VALUES (?, ?, (SELECT id FROM blob WHERE sha256 = ?), ?, ?)
      """,
      [
        .integer(runID), .text(name), .text(content.sha256), .text(mediaType),
        .integer(Clock.milliseconds),
      ])
  }
}

extension Tracker {
  /// Reads the content of a run's artifact piece by piece.
  ///
  /// - Parameters:
  ///   - name: The artifact.
  ///   - run: The run's UUID.
  ///   - sha256: The SHA-256 that the content must have.
  ///   - body: Takes the pieces, in order, before it is known whether they are what they were.
  /// - Returns: Whether there is such an artifact; false: the body was not called.
  /// - Throws: ``TrackerError/damagedRecord(_:)`` if the content is not what it was; what the body
  ///   throws.
  public func readArtifact(
    _ name: String, of run: String, sha256: String, _ body: ([UInt8]) throws -> Void
  ) throws -> Bool {
    try read { connection in
      let blob = try connection.rows(
        """
        SELECT blob.id FROM artifact
        JOIN blob ON blob.id = artifact.blob_id JOIN run ON run.id = artifact.run_id
        WHERE run.uuid = ? AND artifact.name = ? AND blob.sha256 = ?
        """, [.text(run), .text(name), .text(sha256)]
      ) { try $0.int64(0) }.first
      guard let blob else { return false }
      var digest = ContentDigest()
      try connection.readBlob(table: "blob", column: "content", row: blob) { bytes in
        digest.update(bytes)
        try body(bytes)
      }
      guard digest.name == sha256 else {
        throw TrackerError.damagedRecord(
          "the artifact '\(name)' of run \(run.prefix(8)) is not what was written")
      }
      return true
    }
  }
}
