internal import SQLite

/// Which row of one file is which row of another: a temporary table for each named table, of the
/// numbers that rows have there (`old`) and here (`new`), and of what becomes of each (`fate`).
///
/// A row is `new` here; `same`: complete in both; `replaced`: here it is less complete; `kept`: here
/// it is not; or `unused`.
struct MergeNumbers {
  /// Two files as a connection calls them.
  struct Files {
    /// What rows are taken from, or compared with.
    let source: String
    /// What they are taken into.
    let target: String
  }

  let schema: MergeSchema
  let files: Files
  let connection: Connection

  /// The temporary table of a named table's numbers.
  static func table(_ named: String) -> String { "temp.merging_\(named)" }

  /// What a column of a source's row, under the name `s`, becomes in the target.
  static func value(_ column: String, of table: MergeSchema.Table) -> String {
    guard let named = table.numbers[column] else { return "s.\"\(column)\"" }
    return "(SELECT new FROM \(Self.table(named)) WHERE old = s.\"\(column)\")"
  }

  /// The rows that are taken.
  static let taken = "fate IN ('new', 'replaced')"

  /// Finds the rows of the source in the target.
  ///
  /// - Throws: `SQLiteError`.
  func match() throws {
    for named in schema.named {
      let table = Self.table(named.table.name)
      try connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS \(table.dropFirst("temp.".count)) "
          + "(old INTEGER PRIMARY KEY, new INTEGER, fate TEXT)")
      try connection.execute("DELETE FROM \(table)")
      try connection.execute(
        """
        INSERT INTO \(table) (old, new, fate)
        SELECT s.id, t.id, \(fate(named))
        FROM \(files.source).\(named.table.name) AS s
        LEFT JOIN \(files.target).\(named.table.name) AS t ON t.id = \(found(named))
        """)
    }
  }

  private func found(_ named: MergeSchema.Named) -> String {
    let ways = named.rule.matches.map { match in
      switch match {
      case .columns(let columns):
        let terms = columns.map { "t.\"\($0)\" = \(Self.value($0, of: named.table))" }
        return "(SELECT t.id FROM \(files.target).\(named.table.name) AS t "
          + "WHERE \(terms.joined(separator: " AND ")))"
      case .reference(let other, let column, let columns):
        let terms = columns.map { "t.\"\($0)\" = o.\"\($0)\"" }
        return "(SELECT t.\"\(column)\" FROM \(files.source).\(other) AS o "
          + "JOIN \(files.target).\(other) AS t ON \(terms.joined(separator: " AND ")) "
          + "WHERE o.\"\(column)\" = s.id)"
      }
    }
    // With one argument, coalesce is an error.
    return ways.count == 1 ? ways[0] : "coalesce(\(ways.joined(separator: ", ")))"
  }

  private func fate(_ named: MergeSchema.Named) -> String {
    let rule = named.rule
    func of(_ text: String, _ row: String) -> String {
      rule.expression(text, row: row, schema: row == "s" ? files.source : files.target)
    }
    var branches = [
      "WHEN t.id IS NULL THEN 'new'",
      "WHEN \(of(rule.isComplete, "s")) AND \(of(rule.isComplete, "t")) THEN 'same'",
      "WHEN \(of(rule.isComplete, "s")) THEN 'replaced'",
      "WHEN \(of(rule.isComplete, "t")) OR \(of(rule.isHeld, "t")) THEN 'kept'",
    ]
    if !rule.progress.isEmpty {
      let (own, other) = (rule.progress.map { of($0, "s") }, rule.progress.map { of($0, "t") })
      branches.append(
        "WHEN (\(own.joined(separator: ", "))) > (\(other.joined(separator: ", "))) THEN 'replaced'"
      )
    }
    return "CASE \(branches.joined(separator: " ")) ELSE 'kept' END"
  }

  /// Gives the rows that are new their numbers, behind all that are there, in their order.
  ///
  /// - Throws: `SQLiteError`.
  func give() throws {
    for named in schema.named {
      let table = Self.table(named.table.name)
      if named.rule.isContent {
        let uses = schema.owned.flatMap { owned in
          owned.table.numbers.filter { $0.value == named.table.name }.map { column, _ in
            "SELECT u.\"\(column)\" FROM \(Self.table(owned.owner)) AS o "
              + "JOIN \(files.source).\(owned.table.name) AS u ON u.\"\(owned.column)\" = o.old "
              + "WHERE o.\(Self.taken)"
          }
        }
        try connection.execute(
          """
          UPDATE \(table) SET fate = 'unused'
          WHERE fate = 'new' AND old NOT IN (\(uses.sorted().joined(separator: " UNION ")))
          """)
      }
      try connection.execute(
        """
        UPDATE \(table) AS row SET new = placed.number
        FROM (
          SELECT old, row_number() OVER (ORDER BY old)
            + (SELECT coalesce(max(id), 0) FROM \(files.target).\(named.table.name)) AS number
          FROM \(table) WHERE fate = 'new') AS placed
        WHERE placed.old = row.old
        """)
    }
  }

  /// How many rows of a named table have a fate.
  func count(_ named: String, _ fate: String) throws -> Int {
    try connection.rows(
      "SELECT count(*) FROM \(Self.table(named)) WHERE fate = ?", [.text(fate)]
    ) { try $0.int(0) }.first ?? 0
  }
}
