internal import Foundation
internal import SQLite

/// A file that is to be merged: whole, of the newest schema, and with what is needed to find out
/// whom it may contradict.
final class MergeSource: Sendable {
  let snapshot: DatabaseSnapshot
  let origin: MergeOrigin
  /// When its newest run was created, in milliseconds.
  let newest: Int64
  /// Names that no two files may give to different things, with what they mean; nil where only a
  /// comparison tells.
  let claims: [String: String?]

  /// The file as the user named it.
  var name: String { snapshot.name }

  /// What the target has already, which need not be checked again.
  struct Known: Sendable {
    /// The UUIDs of finished runs.
    var runs: Set<String> = []
    /// The SHA-256 of contents.
    var contents: Set<String> = []
  }

  /// Opens a file, and checks what may be taken from it.
  ///
  /// - Parameters:
  ///   - name: The file.
  ///   - originName: What the record calls it; nil for its path.
  ///   - known: What is not checked.
  ///   - isCancelled: Ends the work.
  /// - Throws: `SQLiteError`; ``TrackerError/damagedRecord(_:)`` if rows are not what was recorded.
  init(
    _ name: String, originName: String? = nil, known: Known,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    snapshot = try DatabaseSnapshot(
      of: name, identity: Tracker.identity, migrations: embeddedMigrations,
      isCancelled: isCancelled)
    let connection = try snapshot.open()
    let read = try SchemaCheck.explaining(connection) {
      try Self.check(connection, name, known, isCancelled)
      return (
        uuid: try connection.rows("SELECT uuid FROM database_identity") { try $0.text(0) }.first,
        newest: try connection.rows("SELECT max(created_ms) FROM run") {
          $0.value(0).integer ?? 0
        }.first, claims: try MergeClaims(schema: MergeSchema(of: connection)).read(connection)
      )
    }
    guard let uuid = read.uuid else {
      throw TrackerError.damagedRecord("\(name) does not say which file it is")
    }
    origin = MergeOrigin(
      uuid: uuid, path: originName ?? URL(fileURLWithPath: name).standardizedFileURL.path,
      schemaVersion: snapshot.version)
    (newest, claims) = (read.newest ?? 0, read.claims)
    try snapshot.checkUnchanged()
  }

  private static func check(
    _ connection: Connection, _ name: String, _ known: Known, _ isCancelled: () -> Bool
  ) throws {
    let problem = try connection.rows("PRAGMA quick_check(1)") { try $0.text(0) }.first
    if let problem, problem != "ok" {
      throw TrackerError.damagedRecord("\(name): \(problem)")
    }
    let runs = try connection.rows("SELECT uuid FROM run WHERE state = 'finished'") {
      try $0.text(0)
    }
    var check = DigestCheck(connection: connection)
    try check.checkRuns(Set(runs).subtracting(known.runs), isCancelled: isCancelled)
    try check.checkTrials(isCancelled: isCancelled)
    try check.checkContents(except: known.contents, isCancelled: isCancelled)
    guard let first = check.damaged.first else { return }
    let others = check.damaged.count - 1
    throw TrackerError.damagedRecord(
      "\(name): \(first) is not what was recorded" + (others > 0 ? " (and \(others) more)" : ""))
  }
}

/// The names by which files can contradict each other, read off one of them.
struct MergeClaims {
  let schema: MergeSchema

  /// The names with what they mean; nil where a comparison tells.
  ///
  /// - Throws: `SQLiteError`.
  func read(_ connection: Connection) throws -> [String: String?] {
    var claims: [String: String?] = [:]
    func add(_ table: String, _ columns: [String], _ name: String, _ meaning: String) throws {
      let label = "\(table) \(columns.joined(separator: " ")) "
      _ = try connection.rows(
        "SELECT \(name), \(meaning) FROM main.\(table) AS s"
      ) { row in
        guard let text = row.value(0).text else { return }
        claims[label + text] = .some(row.value(1).text)
      }
    }
    for named in schema.named where !named.rule.isContent {
      let isCatalogue = named.rule.isComplete == "TRUE" && !named.rule.constant.isEmpty
      for columns in named.table.uniques
      where columns != ["id"] && !columns.contains(where: named.rule.renumbered.contains) {
        try add(
          named.table.name, columns, name(columns, of: named.table),
          isCatalogue ? "json_array(\(identity(named)))" : "NULL")
      }
    }
    for catalogue in schema.catalogues {
      try add(
        catalogue.table.name, catalogue.key, name(catalogue.key, of: catalogue.table),
        "json_array(\(catalogue.constant.map { "s.\"\($0)\"" }.joined(separator: ", ")))")
    }
    for owned in schema.owned {
      for columns in owned.table.uniques
      where !columns.contains(owned.column) && columns != ["token"] {
        try add(owned.table.name, columns, name(columns, of: owned.table), "NULL")
      }
    }
    return claims
  }

  private func identity(_ named: MergeSchema.Named) -> String {
    let columns =
      named.rule.constant
      + named.rule.matches.flatMap { match in
        if case .columns(let columns) = match { return columns }
        return []
      }
    return columns.map { "s.\"\($0)\"" }.joined(separator: ", ")
  }

  /// What columns hold, in terms that every file has.
  private func name(_ columns: [String], of table: MergeSchema.Table) -> String {
    let texts = columns.map { column -> String in
      switch table.numbers[column] {
      case nil: "s.\"\(column)\""
      case "run": "(SELECT coalesce(key, uuid) FROM main.run WHERE id = s.\"\(column)\")"
      case "sweep": "(SELECT uuid FROM main.sweep WHERE id = s.\"\(column)\")"
      case .some(let other): "(SELECT name FROM main.\(other) WHERE id = s.\"\(column)\")"
      }
    }
    let isKnown = columns.map { "s.\"\($0)\" IS NOT NULL" }.joined(separator: " AND ")
    return "iif(\(isKnown), json_array(\(texts.joined(separator: ", "))), NULL)"
  }
}
