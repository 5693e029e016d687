internal import SQLite

/// What expressions over runs can name.
struct RunNames {
  /// The columns of the view runs.
  let columns: Set<String>
  private let connection: Connection

  init(of connection: Connection) throws {
    self.connection = connection
    columns = Set(try connection.describe("SELECT * FROM runs").columns)
  }

  /// The tables that have a name and a value of a run.
  enum Table: String {
    case metric
    case parameter
  }

  /// Whether any run has a metric or a parameter of a name.
  func has(_ name: String, _ table: Table) throws -> Bool {
    try !connection.rows(
      """
      SELECT 1 FROM run
      WHERE EXISTS (SELECT 1 FROM \(table.rawValue) WHERE run_id = run.id AND name = ?)
      LIMIT 1
      """, [.text(name)]
    ) { _ in true }.isEmpty
  }

  /// The names of all metrics or parameters.
  ///
  /// A run's names are found one after the other in the index, whatever number of steps they have.
  func all(_ table: Table) throws -> [String] {
    let table = table.rawValue
    return try connection.rows(
      """
      SELECT DISTINCT each.value
      FROM run
      CROSS JOIN json_each((
        WITH RECURSIVE known (name) AS (
          SELECT min(\(table).name) FROM \(table) WHERE run_id = run.id
          UNION ALL
          SELECT (
            SELECT min(\(table).name) FROM \(table)
            WHERE run_id = run.id AND \(table).name > known.name)
          FROM known WHERE known.name IS NOT NULL)
        SELECT json_group_array(known.name) FROM known WHERE known.name IS NOT NULL)) AS each
      """
    ) { try $0.text(0) }
  }
}
