internal import SQLite

/// Takes the rows of one file into another, within one transaction, once their rows are matched and
/// nothing differs.
struct MergeTransfer {
  let numbers: MergeNumbers
  /// The file that rows are taken from.
  let origin: MergeOrigin

  private var schema: MergeSchema { numbers.schema }
  private var connection: Connection { numbers.connection }
  private var source: String { numbers.files.source }
  private var target: String { numbers.files.target }

  /// What a run or trial has as its token while its rows are inserted.
  private static let token = "merging"

  /// Takes everything that is new or got further.
  ///
  /// The triggers, which keep what is finished as it is, see runs and trials that are worked on.
  ///
  /// - Returns: The number of rows that were inserted.
  /// - Throws: `SQLiteError`; `TrackerError`.
  func take() throws -> Int {
    try numbers.give()
    try removeReplaced()
    var rows = 0
    for named in schema.named { rows += try insert(named) }
    for catalogue in schema.catalogues { rows += try insert(catalogue.table) }
    for owned in schema.owned { rows += try insert(owned) }
    try endRuns()
    try endTrials()
    try countTrials()
    try copyDigests()
    try recordOrigin()
    return rows
  }

  private func numberTable(_ named: String) -> String { MergeNumbers.table(named) }

  /// Removes what the source has in a more complete form, but not what was added to it later.
  private func removeReplaced() throws {
    for owned in schema.owned {
      switch owned.belonging {
      case .amendment, .numberedAmendment: continue
      case .result, .circumstance:
        try connection.execute(
          """
          DELETE FROM \(target).\(owned.table.name) WHERE "\(owned.column)" IN (
            SELECT new FROM \(numberTable(owned.owner)) WHERE fate = 'replaced')
          """)
      }
    }
    for named in schema.named {
      try connection.execute(
        """
        DELETE FROM \(target).\(named.table.name) WHERE id IN (
          SELECT new FROM \(numberTable(named.table.name)) WHERE fate = 'replaced')
        """)
    }
  }

  private func insert(_ named: MergeSchema.Named) throws -> Int {
    let (name, columns) = (named.table.name, named.table.columns)
    let begun = Self.beginnings[name] ?? [:]
    let values = columns.map { column in
      column == "id" ? "m.new" : begun[column] ?? MergeNumbers.value(column, of: named.table)
    }
    return try connection.execute(
      """
      INSERT INTO \(target).\(name) (\(list(columns)))
      SELECT \(values.joined(separator: ", "))
      FROM \(numberTable(name)) AS m CROSS JOIN \(source).\(name) AS s ON s.id = m.old
      WHERE m.\(MergeNumbers.taken) ORDER BY m.new
      """)
  }

  /// How rows begin whose end the triggers watch.
  private static let beginnings: [String: [String: String]] = [
    "run": [
      "state": "iif(s.state = 'queued', 'queued', 'running')",
      "token": "iif(s.state = 'queued', NULL, '\(token)')", "error": "NULL", "finished_ms": "NULL",
    ],
    "trial": [
      "state": "'queued'", "token": "NULL", "error": "NULL", "ended_ms": "NULL",
      "judged_number": "NULL",
    ],
  ]

  private func insert(_ catalogue: MergeSchema.Table) throws -> Int {
    try connection.execute(
      """
      INSERT OR IGNORE INTO \(target).\(catalogue.name) (\(list(catalogue.columns)))
      SELECT \(list(catalogue.columns)) FROM \(source).\(catalogue.name)
      """)
  }

  private func insert(_ owned: MergeSchema.Owned) throws -> Int {
    // Values of a trial can be recorded while it runs alone.
    if owned.owner == "trial" { try startTrials() }
    let table = owned.table
    var (verb, condition) = ("INSERT", "o.\(MergeNumbers.taken)")
    var changed: [String: String] = [:]
    switch owned.belonging {
    case .result: break
    case .circumstance(let expressions):
      changed = expressions.mapValues { $0.replacing("{row}", with: "s") }
    case .amendment(let toKnown):
      verb = "INSERT OR IGNORE"
      condition = toKnown ? "o.new IS NOT NULL" : "o.fate = 'new'"
    case .numberedAmendment(let columns):
      guard let counted = table.primaryKey.first(where: { $0 != owned.column }) else { return 0 }
      changed[counted] = """
        (SELECT coalesce(max("\(counted)"), 0) FROM \(target).\(table.name)
         WHERE "\(owned.column)" = o.new)
        + row_number() OVER (PARTITION BY o.new ORDER BY s."\(counted)")
        """
      let same = columns.map { "t.\"\($0)\" = s.\"\($0)\"" }.joined(separator: " AND ")
      condition = """
        o.new IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM \(target).\(table.name) AS t WHERE t."\(owned.column)" = o.new AND \(same))
        """
    }
    let values = table.columns.map { column in
      column == owned.column ? "o.new" : changed[column] ?? MergeNumbers.value(column, of: table)
    }
    return try connection.execute(
      """
      \(verb) INTO \(target).\(table.name) (\(list(table.columns)))
      SELECT \(values.joined(separator: ", "))
      FROM \(numberTable(owned.owner)) AS o
      CROSS JOIN \(source).\(table.name) AS s ON s."\(owned.column)" = o.old
      WHERE \(condition)
      """)
  }

  private func list(_ columns: [String]) -> String {
    columns.map { "\"\($0)\"" }.joined(separator: ", ")
  }

  /// Ends runs as they ended there; one that was running is interrupted here, where nobody works on
  /// it.
  private func endRuns() throws {
    try connection.execute(
      """
      UPDATE \(target).run AS t SET
        state = iif(s.state = 'running', 'interrupted', s.state), token = NULL, error = s.error,
        finished_ms = s.finished_ms
      FROM \(numberTable("run")) AS m JOIN \(source).run AS s ON s.id = m.old
      WHERE t.id = m.new AND m.\(MergeNumbers.taken) AND s.state <> 'queued'
      """)
  }

  private func startTrials() throws {
    try connection.execute(
      """
      UPDATE \(target).trial AS t SET state = 'running', token = '\(Self.token)'
      FROM \(numberTable("trial")) AS m JOIN \(source).trial AS s ON s.id = m.old
      WHERE t.id = m.new AND m.\(MergeNumbers.taken) AND t.state = 'queued'
        AND s.state NOT IN ('queued', 'running')
      """)
  }

  /// Ends trials as they ended there; one that was running waits here.
  ///
  /// A trial keeps its place among those that were judged, unless another one has it.
  private func endTrials() throws {
    try connection.execute(
      """
      UPDATE \(target).trial AS t SET
        state = s.state, token = NULL, error = s.error, ended_ms = s.ended_ms,
        judged_number = placed.judged_number
      FROM (
        SELECT
          m.new, m.old,
          iif(taken.judged_number IS NULL, s.judged_number, (
            SELECT max(judged_number) FROM (
              SELECT judged_number FROM \(target).trial WHERE sweep_id = own.sweep_id
              UNION ALL
              SELECT judged_number FROM \(source).trial WHERE sweep_id = s.sweep_id))
            + row_number() OVER (
              PARTITION BY own.sweep_id, taken.judged_number IS NULL
              ORDER BY s.ended_ms, s.number)) AS judged_number
        FROM \(numberTable("trial")) AS m
        JOIN \(source).trial AS s ON s.id = m.old
        JOIN \(target).trial AS own ON own.id = m.new
        LEFT JOIN \(target).trial AS taken
          ON taken.sweep_id = own.sweep_id AND taken.judged_number = s.judged_number
        WHERE m.\(MergeNumbers.taken) AND s.state NOT IN ('queued', 'running')) AS placed
      JOIN \(source).trial AS s ON s.id = placed.old
      WHERE t.id = placed.new
      """)
  }

  /// Counts the trials of sweeps anew of which some were taken; a sweep that is finished there is.
  private func countTrials() throws {
    func count(_ condition: String) -> String {
      "(SELECT count(*) FROM \(target).trial WHERE sweep_id = t.id AND \(condition))"
    }
    try connection.execute(
      """
      UPDATE \(target).sweep AS t SET
        created_trials = \(count("TRUE")), finished_trials = \(count("state = 'finished'")),
        pruned_trials = \(count("state = 'pruned'")), failed_trials = \(count("state = 'failed'"))
      WHERE t.id IN (
        SELECT trial.sweep_id FROM \(target).trial JOIN \(numberTable("trial")) AS m
          ON m.new = trial.id
        WHERE m.\(MergeNumbers.taken))
      """)
    try connection.execute(
      """
      UPDATE \(target).sweep AS t SET state = 'finished'
      FROM \(numberTable("sweep")) AS m JOIN \(source).sweep AS s ON s.id = m.old
      WHERE t.id = m.new AND s.state = 'finished' AND t.state = 'open' AND EXISTS (
        SELECT 1 FROM \(source).trial JOIN \(numberTable("trial")) AS taken
          ON taken.old = trial.id
        WHERE trial.sweep_id = s.id AND taken.\(MergeNumbers.taken))
      """)
  }

  /// Takes the digests of what was taken: as they are there where they say nothing of rows' numbers,
  /// else anew.
  private func copyDigests() throws {
    let runs = try connection.rows(
      """
      SELECT m.new, d.part, d.row_count, d.sha256
      FROM \(numberTable("run")) AS m
      CROSS JOIN \(source).row_digest AS d ON d.run_id = m.old
      WHERE m.\(MergeNumbers.taken) ORDER BY m.new, d.part
      """
    ) { (try $0.int64(0), try $0.text(1), try $0.int64(2), try $0.text(3)) }
    let parts = Dictionary(DigestedPart.ofRun.map { ($0.name, $0) }) { first, _ in first }
    for (run, name, count, sha256) in runs {
      guard let part = parts[name] else { continue }
      var digest = (count: count, sha256: sha256)
      if part.namesRows {
        let own = try RowDigest(of: part, owner: run, in: connection)
        guard own.rowCount == count else { throw incomplete("the \(name) of run \(run)") }
        digest.sha256 = own.sha256
      }
      try connection.execute(
        "INSERT INTO \(target).row_digest (run_id, part, row_count, sha256) VALUES (?, ?, ?, ?)",
        [.integer(run), .text(name), .integer(digest.count), .text(digest.sha256)])
    }
    let trials = try connection.rows(
      """
      SELECT m.new, d.row_count
      FROM \(numberTable("trial")) AS m
      CROSS JOIN \(source).trial_digest AS d ON d.trial_id = m.old
      WHERE m.\(MergeNumbers.taken) ORDER BY m.new
      """
    ) { (try $0.int64(0), try $0.int64(1)) }
    for (trial, count) in trials {
      try RowDigest.record(trial: trial, in: connection)
      guard try RowDigest.recorded(trial: trial, in: connection)?.rowCount == count else {
        throw incomplete("trial \(trial)")
      }
    }
  }

  private func incomplete(_ what: String) -> TrackerError {
    .damagedRecord("\(what) was not merged wholly")
  }

  /// Records which file the runs and trials are from.
  private func recordOrigin() throws {
    let runs = """
      SELECT m.new, s.uuid FROM \(numberTable("run")) AS m
      JOIN \(source).run AS s ON s.id = m.old JOIN \(target).run AS t ON t.id = m.new
      WHERE m.\(MergeNumbers.taken) OR (
        m.fate = 'same' AND s.uuid <> t.uuid AND NOT EXISTS (
          SELECT 1 FROM \(target).merged_run WHERE run_id = m.new AND uuid = s.uuid))
      """
    let trials = """
      SELECT m.new FROM \(numberTable("trial")) AS m WHERE m.\(MergeNumbers.taken)
      """
    let any = try connection.rows(
      "SELECT EXISTS (\(runs)) OR EXISTS (\(trials))"
    ) { try $0.int(0) }
    guard any == [1] else { return }
    let (uuid, path) = (SQLValue.text(origin.uuid), SQLValue.text(origin.path))
    try connection.execute(
      """
      INSERT OR IGNORE INTO \(target).merged_file (uuid, path, schema_version, merged_ms)
      VALUES (?, ?, ?, ?)
      """,
      [uuid, path, .integer(Int64(origin.schemaVersion)), .integer(Clock.milliseconds)])
    let file = "(SELECT id FROM \(target).merged_file WHERE uuid = ?1 AND path = ?2)"
    try connection.execute(
      """
      INSERT OR IGNORE INTO \(target).merged_run (run_id, merged_file_id, uuid)
      SELECT new, \(file), uuid FROM (\(runs))
      """, [uuid, path])
    try connection.execute(
      """
      INSERT OR IGNORE INTO \(target).merged_trial (trial_id, merged_file_id)
      SELECT new, \(file) FROM (\(trials))
      """, [uuid, path])
  }
}

/// A file that rows are taken from.
struct MergeOrigin {
  /// The file's own UUID.
  let uuid: String
  /// Where it is, from the root.
  let path: String
  /// The version of its schema.
  let schemaVersion: Int
}
