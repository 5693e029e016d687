internal import SQLite

/// What two files say differently of the same thing.
public struct MergeConflict: Sendable, Equatable {
  /// The file that was to be merged.
  public let file: String
  /// The file that says otherwise.
  public let other: String
  /// What they speak of, such as "run 01234567 (train)".
  public let thing: String
  /// What differs.
  public let difference: String
}

/// Finds what two files say differently, once their rows are matched.
struct MergeComparison {
  let numbers: MergeNumbers

  /// What differs of a row of a named table.
  struct Difference: Hashable {
    let table: String
    let title: String
    let text: String
  }

  private var schema: MergeSchema { numbers.schema }
  private var source: String { numbers.files.source }
  private var target: String { numbers.files.target }

  /// The most differences that a rule finds.
  private static let limit = 1000

  /// Everything that differs; none if the source can be merged.
  ///
  /// - Throws: `SQLiteError`.
  func differences() throws -> [Difference] {
    var found: [Difference] = []
    for named in schema.named {
      found += try constants(of: named)
      for columns in named.table.uniques where !isNumber(columns, of: named) {
        found += try takenNames(of: named, columns)
      }
    }
    for catalogue in schema.catalogues { found += try entries(of: catalogue) }
    for owned in schema.owned {
      if case .result(let ignored, let dropped) = owned.belonging {
        found += try results(of: owned, except: ignored, droppedIn: dropped)
      }
      for columns in owned.table.uniques where !columns.contains(owned.column) {
        found += try takenNames(of: owned, columns)
      }
    }
    var seen: Set<Difference> = []
    return found.filter { seen.insert($0).inserted }
  }

  private func isNumber(_ columns: [String], of named: MergeSchema.Named) -> Bool {
    columns == ["id"] || columns.contains(where: named.rule.renumbered.contains)
  }

  private func rule(of named: String) -> MergedTable.Named? {
    schema.named.first { $0.table.name == named }?.rule
  }

  private func title(_ named: String, _ row: String) -> String {
    rule(of: named).map { $0.expression($0.title, row: row, schema: source) } ?? "\(row).id"
  }

  private func rows(_ sql: String, table: String) throws -> [Difference] {
    try numbers.connection.rows(sql + " LIMIT \(Self.limit)") { row in
      Difference(table: table, title: try row.text(0), text: try row.text(1))
    }
  }

  /// Columns in which matched rows differ that say what they are.
  private func constants(of named: MergeSchema.Named) throws -> [Difference] {
    try named.rule.constant.flatMap { column in
      try rows(
        """
        SELECT \(title(named.table.name, "s")), 'not the same \(Self.words(column))'
        FROM \(MergeNumbers.table(named.table.name)) AS m
        CROSS JOIN \(source).\(named.table.name) AS s ON s.id = m.old
        JOIN \(target).\(named.table.name) AS t ON t.id = m.new
        WHERE m.new IS NOT NULL AND s."\(column)" IS NOT t."\(column)"
        """, table: named.table.name)
    }
  }

  private func entries(
    of catalogue: (table: MergeSchema.Table, key: [String], constant: [String])
  ) throws -> [Difference] {
    let name = catalogue.table.name
    let same = catalogue.key.map { "s.\"\($0)\" = t.\"\($0)\"" }.joined(separator: " AND ")
    let other = catalogue.constant.map { "s.\"\($0)\" IS NOT t.\"\($0)\"" }
    return try rows(
      """
      SELECT '''' || s."\(catalogue.key[0])" || '''', 'it means something else'
      FROM \(source).\(name) AS s JOIN \(target).\(name) AS t ON \(same)
      WHERE \(other.joined(separator: " OR "))
      """, table: name)
  }

  /// Names of rows that are to be taken, which something else has.
  private func takenNames(
    of named: MergeSchema.Named, _ columns: [String]
  ) throws -> [Difference] {
    let name = named.table.name
    return try rows(
      """
      SELECT \(title(name, "s")), 'its \(Self.words(columns)) is another one''s there'
      FROM \(MergeNumbers.table(name)) AS m
      CROSS JOIN \(source).\(name) AS s ON s.id = m.old
      JOIN \(target).\(name) AS t ON \(same(columns, of: named.table))
      WHERE t.id IS NOT m.new
      """, table: name)
  }

  private func takenNames(of owned: MergeSchema.Owned, _ columns: [String]) throws -> [Difference] {
    let owners = MergeNumbers.table(owned.owner)
    return try rows(
      """
      SELECT DISTINCT \(title(owned.owner, "r")), \
      'its \(Self.words(owned.table.name)) has the \(Self.words(columns)) of another one there'
      FROM \(owners) AS m
      CROSS JOIN \(source).\(owned.table.name) AS s ON s."\(owned.column)" = m.old
      JOIN \(target).\(owned.table.name) AS t ON \(same(columns, of: owned.table))
      JOIN \(source).\(owned.owner) AS r ON r.id = m.old
      WHERE m.\(MergeNumbers.taken) AND t."\(owned.column)" IS NOT m.new
        AND NOT EXISTS (
          SELECT 1 FROM \(owners) AS other
          WHERE other.new = t."\(owned.column)" AND other.fate = 'replaced')
      """, table: owned.owner)
  }

  private func same(_ columns: [String], of table: MergeSchema.Table) -> String {
    columns.map { "t.\"\($0)\" = \(MergeNumbers.value($0, of: table))" }
      .joined(separator: " AND ")
  }

  /// Complete rows whose results differ: in number, or in a value.
  private func results(
    of owned: MergeSchema.Owned, except ignored: Set<String>, droppedIn dropped: String?
  ) throws -> [Difference] {
    let (name, column) = (owned.table.name, owned.column)
    let key = owned.table.primaryKey.filter { $0 != column }
    let compared = owned.table.columns.filter {
      $0 != column && !key.contains($0) && !ignored.contains($0)
    }
    let place =
      (["t.\"\(column)\" = m.new"]
      + key.map {
        "t.\"\($0)\" = \(MergeNumbers.value($0, of: owned.table))"
      }).joined(separator: " AND ")
    let wholeness = dropped.map { isWhole(owned, $0) } ?? "TRUE"
    let differing =
      ["(t.\"\(column)\" IS NULL AND \(wholeness))"]
      + compared.map {
        "t.\"\($0)\" IS NOT \(MergeNumbers.value($0, of: owned.table)) "
          + "AND t.\"\(column)\" IS NOT NULL"
      }
    let head = """
      SELECT DISTINCT \(title(owned.owner, "r")), 'not the same \(Self.words(name))'
      FROM \(MergeNumbers.table(owned.owner)) AS m
      CROSS JOIN \(source).\(owned.owner) AS r ON r.id = m.old
      """
    let inValues = """
      \(head)
      CROSS JOIN \(source).\(name) AS s ON s."\(column)" = m.old
      LEFT JOIN \(target).\(name) AS t ON \(place)
      WHERE m.fate = 'same' AND (\(differing.joined(separator: " OR ")))
      """
    let inNumber = """
      \(head)
      WHERE m.fate = 'same' AND \(wholeness)
        AND (SELECT count(*) FROM \(source).\(name) WHERE "\(column)" = m.old)
          <> (SELECT count(*) FROM \(target).\(name) WHERE "\(column)" = m.new)
      """
    return try rows(inNumber, table: owned.owner) + rows(inValues, table: owned.owner)
  }

  /// Whether nothing was dropped of a row in either file.
  private func isWhole(_ owned: MergeSchema.Owned, _ dropped: String) -> String {
    """
    (NOT EXISTS (SELECT 1 FROM \(source).\(dropped) WHERE "\(owned.column)" = m.old)
    AND NOT EXISTS (SELECT 1 FROM \(target).\(dropped) WHERE "\(owned.column)" = m.new))
    """
  }

  private static func words(_ columns: [String]) -> String {
    columns.map(words).joined(separator: " and ")
  }

  private static func words(_ name: String) -> String { name.replacing("_", with: " ") }
}
