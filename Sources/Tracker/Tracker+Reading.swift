public import SQLite

extension Tracker {
  /// The runs of a kind and state, the last recorded first, by order of recording, not by the
  /// clock.
  ///
  /// - Parameters:
  ///   - kind: Such as "train"; nil for all.
  ///   - state: Their state; nil for all.
  ///   - limit: The largest number of runs.
  /// - Returns: The runs.
  /// - Throws: `SQLiteError`.
  public func runs(
    kind: String? = nil, state: RunState? = nil, limit: Int? = nil
  ) throws -> [Run] {
    try read { connection in
      try connection.rows(
        """
        SELECT \(Run.columns) FROM run
        WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR state = ?2)
          AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = run.id AND how = 'deleted')
        ORDER BY id DESC LIMIT ?3
        """,
        [
          kind.map(SQLValue.text) ?? .null, state.map { .text($0.rawValue) } ?? .null,
          .integer(Int64(limit ?? -1)),
        ], decode: Run.init)
    }
  }

  /// The run that a user names: by the first digits of its UUID, or by a name that no other has.
  ///
  /// A deleted run is found by its UUID alone.
  ///
  /// - Throws: ``TrackerError/unknownRun(_:)``, ``TrackerError/deletedRun(_:)``,
  ///   ``TrackerError/ambiguousRun(_:candidates:)`` or
  ///   ``TrackerError/ambiguousName(_:candidates:)``.
  public func run(matching text: String) throws -> Run {
    try run(matching: text, isDeletedMeant: false)
  }

  /// The run that a user names.
  ///
  /// - Parameters:
  ///   - text: The first digits of its UUID, or its name.
  ///   - isDeletedMeant: Whether a name that no other run has may be a deleted one's.
  /// - Returns: The run.
  /// - Throws: As ``run(matching:)``.
  package func run(matching text: String, isDeletedMeant: Bool) throws -> Run {
    guard !text.isEmpty, !text.utf8.contains(0) else { throw TrackerError.unknownRun(text) }
    let digits = text.count <= 36 && text.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == "-") }
    let (numbered, named, deleted) = try read { connection in
      let numbered =
        try digits
        ? connection.rows(
          "SELECT \(Run.columns) FROM run WHERE uuid >= ?1 AND uuid < ?1 || 'g' ORDER BY uuid LIMIT 6",
          [.text(text.lowercased())], decode: Run.init) : []
      let named = try Self.runs(named: text, areDeleted: false, in: connection)
      let deleted =
        try named.isEmpty ? Self.runs(named: text, areDeleted: true, in: connection) : []
      return (numbered, named, deleted)
    }
    let others = (isDeletedMeant ? named + deleted : named)
      .filter { run in !numbered.contains { $0.id == run.id } }
    let found = numbered + others
    guard let run = found.first else {
      throw deleted.isEmpty ? TrackerError.unknownRun(text) : TrackerError.deletedRun(text)
    }
    guard found.count > 1 else { return run }
    let candidates = found.map { String($0.uuid.prefix(13)) }
    throw others.isEmpty
      ? TrackerError.ambiguousRun(text, candidates: candidates)
      : TrackerError.ambiguousName(text, candidates: candidates)
  }

  /// The newest runs that have a name now.
  private static func runs(
    named name: String, areDeleted: Bool, in connection: Connection
  ) throws -> [Run] {
    try connection.rows(
      """
      SELECT \(Run.columns) FROM run
      WHERE id IN (
        SELECT id FROM run WHERE name = ?1 UNION ALL SELECT run_id FROM run_label WHERE name = ?1)
        AND coalesce((SELECT run_label.name FROM run_label WHERE run_id = run.id), name) = ?1
        AND EXISTS (SELECT 1 FROM hidden_run WHERE run_id = run.id AND how = 'deleted') = ?2
      ORDER BY id DESC LIMIT 6
      """, [.text(name), .integer(areDeleted ? 1 : 0)], decode: Run.init)
  }

  /// The run of a UUID.
  ///
  /// - Throws: ``TrackerError/unknownRun(_:)``.
  public func run(uuid: String) throws -> Run {
    guard let run = try findRun(uuid: uuid) else { throw TrackerError.unknownRun(uuid) }
    return run
  }

  /// The run of a UUID, if there is one.
  ///
  /// - Throws: `SQLiteError`.
  package func findRun(uuid: String) throws -> Run? {
    try read { connection in
      try connection.rows(
        "SELECT \(Run.columns) FROM run WHERE uuid = ?", [.text(uuid)], decode: Run.init)
    }.first
  }

  /// The run of a row.
  ///
  /// - Throws: ``TrackerError/damagedRecord(_:)`` if there is none.
  public func run(id: Int64) throws -> Run {
    try read { try Self.run(id: id, in: $0) }
  }

  func run(key: String) throws -> Run? {
    try read { connection in
      try connection.rows(
        "SELECT \(Run.columns) FROM run WHERE key = ?", [.text(key)], decode: Run.init
      ).first
    }
  }

  /// The runs whose results a run used, by role.
  ///
  /// - Throws: `SQLiteError`.
  public func parents(of run: Run) throws -> [String: Run] {
    let rows = try read { connection in
      try connection.rows(
        "SELECT role, parent_run_id FROM lineage WHERE run_id = ?", [.integer(run.id)]
      ) { row in (role: try row.text(0), run: try Self.run(id: try row.int64(1), in: connection)) }
    }
    return Dictionary(uniqueKeysWithValues: rows.map { ($0.role, $0.run) })
  }

  /// The content of a run's artifact, checked against its SHA-256; nil if it has none of that name.
  ///
  /// - Throws: ``TrackerError/damagedRecord(_:)`` if the content is not what it was.
  public func artifact(named name: String, of run: Run) throws -> [UInt8]? {
    let found = try read { connection in
      try connection.rows(
        """
        SELECT blob.content, blob.sha256 FROM artifact JOIN blob ON blob.id = artifact.blob_id
        WHERE artifact.run_id = ? AND artifact.name = ?
        """, [.integer(run.id), .text(name)]
      ) { row in (content: try row.blob(0), digest: try row.text(1)) }.first
    }
    guard let found else { return nil }
    guard Digest.sha256(found.content) == found.digest else {
      throw TrackerError.damagedRecord(
        "the artifact '\(name)' of run \(run.uuid.prefix(8)) is not what was written")
    }
    return found.content
  }

  /// Runs a named query.
  ///
  /// - Parameters:
  ///   - query: The query.
  ///   - values: Values by parameter name; parameters without one are NULL, which queries take as
  ///     "all".
  /// - Returns: Its rows.
  /// - Throws: `SQLiteError`.
  public func query(_ query: Query, _ values: [String: SQLValue] = [:]) throws -> QueryResult {
    let (columns, rows) = try read { try $0.query(query.sql, values) }
    return QueryResult(columns: columns, rows: rows)
  }
}

/// The result of a query.
public struct QueryResult: Sendable, Equatable {
  /// The columns' names.
  public let columns: [String]
  /// The rows, each with one value for each column.
  public let rows: [[SQLValue]]

  /// Creates a result.
  public init(columns: [String], rows: [[SQLValue]]) {
    self.columns = columns
    self.rows = rows
  }

  /// The rows, each by column.
  public var entries: [QueryRow] {
    rows.map { QueryRow(values: Dictionary(uniqueKeysWithValues: zip(columns, $0))) }
  }

  /// The only row.
  ///
  /// - Throws: ``TrackerError/unexpectedRowCount(query:count:)`` if there are none or several.
  public func single(for query: Query) throws -> QueryRow {
    guard rows.count == 1 else {
      throw TrackerError.unexpectedRowCount(query: query.rawValue, count: rows.count)
    }
    return entries[0]
  }
}

/// One row of a query's result, by column.
public struct QueryRow: Sendable, Equatable {
  private let values: [String: SQLValue]

  /// Makes a row of values by column.
  package init(values: [String: SQLValue] = [:]) {
    self.values = values
  }

  /// A column's value; NULL if there is no such column.
  public subscript(column: String) -> SQLValue { values[column] ?? .null }
}
