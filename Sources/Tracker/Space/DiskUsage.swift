internal import SQLite

/// What takes the room in a database file.
public struct DiskUsage: Sendable, Equatable {
  /// The bytes of one kind of content.
  public struct Content: Sendable, Equatable {
    /// Such as "checkpoints".
    public let name: String
    /// How many there are: contents, points or rows.
    public let count: Int64
    /// The bytes that they take.
    public let bytes: Int64
  }

  /// What a run takes by itself: a content that several runs have counts with the first of them.
  public struct RunUsage: Sendable, Equatable {
    /// Its UUID.
    public let run: String
    /// What ran.
    public let kind: String
    /// The user's name for it.
    public let name: String?
    /// Whether it is deleted.
    public let isDeleted: Bool
    /// The bytes of artifacts that are no checkpoints.
    public let artifactBytes: Int64
    /// The bytes of checkpoints.
    public let checkpointBytes: Int64
    /// The bytes of adversarial images' pixels.
    public let pixelBytes: Int64
    /// How many values of metrics it has.
    public let points: Int64
    /// How many rows it has for images, beside pixels.
    public let imageRows: Int64
    /// All of it, rows and points by their mean size.
    public let bytes: Int64
  }

  /// Whether SQLite counted pages; otherwise the sizes of rows and points are estimates.
  public let isExact: Bool
  /// The size of the file.
  public let fileBytes: Int64
  /// The file by kinds of content, the largest first.
  public let contents: [Content]
  /// The runs, the largest first.
  public let runs: [RunUsage]
}

extension Tracker {
  /// Finds out what takes the room in the file, deleted runs included.
  ///
  /// - Throws: `SQLiteError`.
  public func diskUsage() throws -> DiskUsage {
    try read { connection in try connection.snapshot { try UsageCount(connection).usage() } }
  }
}

/// Counts bytes.
private struct UsageCount {
  let connection: Connection
  /// The bytes of each table's pages; nil where the library cannot tell.
  let pages: [String: Int64]?

  /// The tables of one kind of content, and about how many bytes a row of them takes where pages
  /// cannot be counted.
  private static let parts: [(name: String, tables: [String], rowBytes: Int64)] = [
    ("pixels", ["adversarial_pixels"], 3200),
    ("metrics", ["metric"], 40),
    (
      "rows of images",
      [
        "adversarial_image", "adversarial_detail", "adversarial_verdict", "image_uncertainty",
        "selected_image", "image_score", "image_vote",
      ], 40
    ),
  ]

  init(_ connection: Connection) throws {
    self.connection = connection
    let modules = try connection.rows("SELECT 1 FROM pragma_module_list WHERE name = 'dbstat'") {
      _ in true
    }
    guard !modules.isEmpty else {
      pages = nil
      return
    }
    pages = Dictionary(
      try connection.rows(
        """
        SELECT coalesce(part.tbl_name, dbstat.name), sum(pgsize) FROM dbstat
        LEFT JOIN sqlite_schema AS part ON part.name = dbstat.name GROUP BY 1
        """
      ) { (try $0.text(0), try $0.int64(1)) }
    ) { first, _ in first }
  }

  private func number(_ sql: String) throws -> Int64 {
    try connection.rows(sql) { try $0.int64(0) }.first ?? 0
  }

  private func size(of part: (name: String, tables: [String], rowBytes: Int64)) throws
    -> DiskUsage.Content
  {
    let count = try part.tables.reduce(0 as Int64) {
      try $0 + number("SELECT count(*) FROM \($1)")
    }
    let bytes = pages.map { pages in part.tables.reduce(0) { $0 + (pages[$1] ?? 0) } }
    return DiskUsage.Content(name: part.name, count: count, bytes: bytes ?? count * part.rowBytes)
  }

  func usage() throws -> DiskUsage {
    let file = try number(
      "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
    let free = try number(
      "SELECT freelist_count * page_size FROM pragma_freelist_count(), pragma_page_size()")
    let parts = try Self.parts.map(size)
    let runs = try runs(parts)
    let kinds =
      try connection.rows(
        """
        SELECT count(*), coalesce(sum(size), 0), count(*) FILTER (WHERE is_checkpoint),
          coalesce(sum(size) FILTER (WHERE is_checkpoint), 0),
          count(*) FILTER (WHERE is_used IS NULL), coalesce(sum(size) FILTER (WHERE is_used IS NULL), 0)
        FROM (
          SELECT size, max(artifact.name GLOB 'checkpoint/*') AS is_checkpoint,
            max(artifact.run_id) AS is_used
          FROM blob LEFT JOIN artifact ON artifact.blob_id = blob.id GROUP BY blob.id)
        """
      ) { row in try (0..<6).map { try row.int64($0) } }.first ?? [0, 0, 0, 0, 0, 0]
    var contents = [
      DiskUsage.Content(
        name: "artifacts", count: kinds[0] - kinds[2] - kinds[4],
        bytes: kinds[1] - kinds[3] - kinds[5]),
      DiskUsage.Content(name: "checkpoints", count: kinds[2], bytes: kinds[3]),
      DiskUsage.Content(name: "contents that no run has", count: kinds[4], bytes: kinds[5]),
    ]
    // Tables without rows have a page each.
    contents += parts.filter { $0.count > 0 }
    contents.append(DiskUsage.Content(name: "free pages", count: 0, bytes: free))
    let rest = file - contents.reduce(0) { $0 + $1.bytes }
    contents.append(
      DiskUsage.Content(
        name: "other rows, indexes and structure",
        count: try number("SELECT count(*) FROM run"), bytes: max(0, rest)))
    return DiskUsage(
      isExact: pages != nil, fileBytes: file,
      contents: contents.filter { $0.bytes > 0 }.sorted { $0.bytes > $1.bytes }, runs: runs)
  }

  private func runs(_ parts: [DiskUsage.Content]) throws -> [DiskUsage.RunUsage] {
    func mean(_ name: String) -> Double {
      let part = parts.first { $0.name == name }
      return part.map { $0.count > 0 ? Double($0.bytes) / Double($0.count) : 0 } ?? 0
    }
    let (pointBytes, rowBytes) = (mean("metrics"), mean("rows of images"))
    return try connection.rows(
      """
      WITH
      owned AS (
        SELECT min(artifact.run_id) AS run_id, blob.size,
          max(artifact.name GLOB 'checkpoint/*') AS is_checkpoint
        FROM artifact JOIN blob ON blob.id = artifact.blob_id
        GROUP BY blob.id
      ),
      content AS (
        SELECT run_id, coalesce(sum(size) FILTER (WHERE NOT is_checkpoint), 0) AS artifacts,
          coalesce(sum(size) FILTER (WHERE is_checkpoint), 0) AS checkpoints
        FROM owned GROUP BY run_id
      ),
      pixels AS (
        SELECT adversarial_set_id AS run_id, sum(length(pixels)) AS bytes
        FROM adversarial_pixels GROUP BY adversarial_set_id
      ),
      points AS (SELECT run_id, count(*) AS count FROM metric GROUP BY run_id),
      image_rows AS (
        SELECT run_id, sum(count) AS count FROM (
          SELECT adversarial_set_id AS run_id, count(*) AS count FROM adversarial_image GROUP BY 1
          UNION ALL
          SELECT adversarial_set_id, count(*) FROM adversarial_detail GROUP BY 1
          UNION ALL
          SELECT verdict_id, count(*) FROM adversarial_verdict GROUP BY 1
          UNION ALL
          SELECT measurement_id, count(*) FROM image_uncertainty GROUP BY 1
          UNION ALL
          SELECT selection_id, count(*) FROM selected_image GROUP BY 1
          UNION ALL
          SELECT run_id, count(*) FROM image_score GROUP BY 1
          UNION ALL
          SELECT run_id, count(*) FROM image_vote GROUP BY 1)
        GROUP BY run_id
      )
      SELECT run.uuid, run.kind,
        coalesce((SELECT run_label.name FROM run_label WHERE run_id = run.id), run.name),
        EXISTS (SELECT 1 FROM hidden_run WHERE run_id = run.id AND how = 'deleted'),
        coalesce(artifacts, 0), coalesce(checkpoints, 0), coalesce(pixels.bytes, 0),
        coalesce(points.count, 0), coalesce(image_rows.count, 0),
        coalesce(artifacts, 0) + coalesce(checkpoints, 0) + coalesce(pixels.bytes, 0)
          + CAST(coalesce(points.count, 0) * ?1 + coalesce(image_rows.count, 0) * ?2 AS INTEGER)
          AS bytes
      FROM run
      LEFT JOIN content ON content.run_id = run.id
      LEFT JOIN pixels ON pixels.run_id = run.id
      LEFT JOIN points ON points.run_id = run.id
      LEFT JOIN image_rows ON image_rows.run_id = run.id
      ORDER BY bytes DESC, run.id
      """, [.real(pointBytes), .real(rowBytes)]
    ) { row in
      DiskUsage.RunUsage(
        run: try row.text(0), kind: try row.text(1), name: row.value(2).text,
        isDeleted: try row.int(3) == 1, artifactBytes: try row.int64(4),
        checkpointBytes: try row.int64(5), pixelBytes: try row.int64(6), points: try row.int64(7),
        imageRows: try row.int64(8), bytes: try row.int64(9))
    }
  }
}
