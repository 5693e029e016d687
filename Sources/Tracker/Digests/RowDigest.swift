internal import Bytes
internal import SQLite

/// The SHA-256 of the rows of a part, and how many there are; empty if there are none.
struct RowDigest: Equatable {
  let rowCount: Int64
  let sha256: String

  /// Reads the rows of a part off.
  ///
  /// - Parameters:
  ///   - part: The part.
  ///   - owner: The row that it belongs to.
  ///   - connection: The database.
  /// - Throws: `SQLiteError`.
  init(of part: DigestedPart, owner: Int64, in connection: Connection) throws {
    var digest = ContentDigest()
    var bytes: [UInt8] = []
    var count: Int64 = 0
    for statement in part.statements {
      bytes.append(UInt8(ascii: ";"))
      _ = try connection.rows(statement, [.integer(owner)]) { row in
        count += 1
        row.encode(into: &bytes)
        guard bytes.count > Self.chunk else { return }
        digest.update(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    rowCount = count
    // Most runs lack most parts.
    guard count > 0 else {
      sha256 = ""
      return
    }
    digest.update(bytes)
    sha256 = digest.name
  }

  private init(rowCount: Int64, sha256: String) {
    self.rowCount = rowCount
    self.sha256 = sha256
  }

  private static let chunk = 1 << 16
}

extension RowDigest {
  /// Records the digests of a run that has just been finished.
  static func record(run: Int64, in connection: Connection) throws {
    for part in DigestedPart.ofRun {
      let digest = try RowDigest(of: part, owner: run, in: connection)
      guard digest.rowCount > 0 else { continue }
      try connection.execute(
        "INSERT INTO row_digest (run_id, part, row_count, sha256) VALUES (?, ?, ?, ?)",
        [.integer(run), .text(part.name), .integer(digest.rowCount), .text(digest.sha256)])
    }
  }

  /// Records the digest of a trial that has just been finished or pruned.
  static func record(trial: Int64, in connection: Connection) throws {
    let digest = try RowDigest(of: .trial, owner: trial, in: connection)
    try connection.execute(
      "INSERT INTO trial_digest (trial_id, row_count, sha256) VALUES (?, ?, ?)",
      [.integer(trial), .integer(digest.rowCount), .text(digest.sha256)])
  }

  /// The digests that were recorded of a run, by part.
  static func recorded(run: Int64, in connection: Connection) throws -> [String: RowDigest] {
    let rows = try connection.rows(
      "SELECT part, row_count, sha256 FROM row_digest WHERE run_id = ?", [.integer(run)]
    ) { (try $0.text(0), RowDigest(rowCount: try $0.int64(1), sha256: try $0.text(2))) }
    return Dictionary(rows) { first, _ in first }
  }

  /// The digest that was recorded of a trial; nil if there is none.
  static func recorded(trial: Int64, in connection: Connection) throws -> RowDigest? {
    try connection.rows(
      "SELECT row_count, sha256 FROM trial_digest WHERE trial_id = ?", [.integer(trial)]
    ) { RowDigest(rowCount: try $0.int64(0), sha256: try $0.text(1)) }.first
  }
}
