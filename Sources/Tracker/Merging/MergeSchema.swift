internal import SQLite

/// The tables of the newest schema, as merging needs them: which columns they have, and to which
/// numbered rows these refer.
struct MergeSchema {
  /// A table with what becomes of it.
  struct Table {
    let name: String
    let part: MergedTable.Part
    /// The columns that are stored, in order.
    let columns: [String]
    /// The columns that say which row a row is.
    let primaryKey: [String]
    /// The sets of columns that no two rows have alike, the primary key among them.
    let uniques: [[String]]
    /// The named table whose numbers a column holds.
    let numbers: [String: String]
  }

  /// A named table.
  struct Named {
    let table: Table
    let rule: MergedTable.Named
  }

  /// A table whose rows belong to those of a named one.
  struct Owned {
    let table: Table
    let owner: String
    let column: String
    let belonging: MergedTable.Belonging
  }

  let tables: [Table]

  /// Reads the schema.
  ///
  /// - Parameter connection: A database of the newest schema.
  /// - Throws: `SQLiteError`, of kind `misuse` if a table is not described, or one is that is not
  ///   there.
  init(of connection: Connection) throws {
    let found = Set(
      try connection.rows(
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
      ) { try $0.text(0) })
    let described = MergedTable.all.map(\.name)
    guard found.isSuperset(of: described) else {
      let missing = described.filter { !found.contains($0) }
      throw SQLiteError(.misuse, "there is no table \(missing.joined(separator: ", "))")
    }
    let references = try Self.references(connection)
    let named = Set(
      MergedTable.all.compactMap { table -> String? in
        if case .named = table.part { return table.name }
        return nil
      })
    tables = try MergedTable.all.map { table in
      let columns = try connection.rows(
        "SELECT name, pk FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY cid",
        [.text(table.name)]
      ) { (name: try $0.text(0), key: try $0.int(1)) }
      let key = columns.filter { $0.key > 0 }.sorted { $0.key < $1.key }.map(\.name)
      let names = columns.map(\.name)
      let numbers = names.compactMap { column in
        Self.number(table.name, column, references, named).map { (column, $0) }
      }
      return Table(
        name: table.name, part: table.part, columns: names, primaryKey: key,
        uniques: try Self.uniques(of: table.name, key, in: connection),
        numbers: Dictionary(numbers) { first, _ in first })
    }
  }

  /// The tables of a database that nothing says how to merge.
  static func undescribed(in connection: Connection) throws -> [String] {
    let described = Set(MergedTable.all.map(\.name))
    return try connection.rows(
      """
      SELECT name FROM sqlite_schema
      WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name
      """
    ) { try $0.text(0) }.filter { !described.contains($0) }
  }

  var named: [Named] {
    tables.compactMap { table in
      if case .named(let rule) = table.part { return Named(table: table, rule: rule) }
      return nil
    }
  }

  var owned: [Owned] {
    tables.compactMap { table in
      if case .owned(let owner, let column, let belonging) = table.part {
        return Owned(table: table, owner: owner, column: column, belonging: belonging)
      }
      return nil
    }
  }

  var catalogues: [(table: Table, key: [String], constant: [String])] {
    tables.compactMap { table in
      if case .catalogue(let key, let constant) = table.part { return (table, key, constant) }
      return nil
    }
  }

  private struct Column: Hashable {
    let table: String
    let name: String
  }

  /// What columns refer to by foreign keys.
  private static func references(_ connection: Connection) throws -> [Column: [Column]] {
    let keys = try connection.rows(
      """
      SELECT child.name, key."from", key."table", key."to"
      FROM main.sqlite_schema AS child, pragma_foreign_key_list(child.name) AS key
      WHERE child.type = 'table'
      """
    ) {
      (
        Column(table: try $0.text(0), name: try $0.text(1)),
        Column(table: try $0.text(2), name: try $0.text(3))
      )
    }
    return Dictionary(grouping: keys, by: \.0).mapValues { $0.map(\.1) }
  }

  /// The named table whose numbers a column holds in the end; nil if it holds something else.
  private static func number(
    _ table: String, _ column: String, _ references: [Column: [Column]], _ named: Set<String>
  ) -> String? {
    guard let targets = references[Column(table: table, name: column)] else {
      return named.contains(table) && column == "id" ? table : nil
    }
    // A part that refers to another one of the same whole says nothing new of the whole.
    return targets.lazy.filter { $0 != Column(table: table, name: column) }
      .compactMap { number($0.table, $0.name, references, named) }.first
  }

  private static func uniques(
    of table: String, _ key: [String], in connection: Connection
  ) throws -> [[String]] {
    let columns = try connection.rows(
      """
      SELECT list.name, info.name
      FROM pragma_index_list(?) AS list, pragma_index_info(list.name) AS info
      WHERE list."unique" AND NOT list.partial
      ORDER BY list.seq, info.seqno
      """, [.text(table)]
    ) { (index: try $0.text(0), column: try $0.text(1)) }
    let indexes = Dictionary(grouping: columns, by: \.index).mapValues { $0.map(\.column) }
    return [key] + indexes.sorted { $0.key < $1.key }.map(\.value).filter { $0 != key }
  }
}

extension MergedTable.Named {
  /// An expression of the rule about a row of a file.
  func expression(_ text: String, row: String, schema: String) -> String {
    text.replacing("{row}", with: row).replacing("{schema}", with: schema)
  }
}

extension Tracker {
  /// The tables of this database that ``merge(_:into:environment:threads:isCancelled:notice:progress:)``
  /// knows nothing of.
  package var tablesWithoutMergeRule: [String] {
    get throws { try read { try MergeSchema.undescribed(in: $0) } }
  }
}
