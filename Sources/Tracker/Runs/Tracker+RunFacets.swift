internal import SQLite

/// What runs can be chosen and shown by: the values that occur, each once.
public struct RunFacets: Sendable {
  /// The kinds of runs.
  public var kinds: [String] = []
  /// The groups.
  public var groups: [String] = []
  /// The tags.
  public var tags: [String] = []
  /// The values of the parameter `dataset`.
  public var datasets: [String] = []
  /// The names of parameters.
  public var parameters: [String] = []
  /// The names of metrics, of the newest runs alone.
  public var metrics: [String] = []

  /// As many are listed of each.
  static let most = 200
  /// Metrics are looked for in so many runs, the newest ones.
  static let newestRuns = 100
}

extension Tracker {
  /// What runs can be chosen and shown by, in the order of the alphabet.
  ///
  /// Each value is found by one step in an index, however many runs have it.
  ///
  /// - Throws: `SQLiteError`.
  public func runFacets() throws -> RunFacets {
    try read { connection in
      func each(_ column: String, of table: String, where condition: String = "1") throws
        -> [String]
      {
        try connection.rows(
          """
          WITH RECURSIVE known (value) AS (
            SELECT min(\(column)) FROM \(table) WHERE \(condition)
            UNION ALL
            SELECT (
              SELECT min(\(column)) FROM \(table)
              WHERE \(condition) AND \(column) > known.value)
            FROM known WHERE known.value IS NOT NULL
            LIMIT \(RunFacets.most + 1))
          SELECT CAST(value AS TEXT) FROM known WHERE value IS NOT NULL
          """
        ) { try $0.text(0) }
      }
      var facets = RunFacets()
      facets.kinds = try each("kind", of: "run")
      facets.groups = try each("group_name", of: "run_label")
      facets.tags = try each("tag", of: "run_tag")
      facets.datasets = try each("value", of: "parameter", where: "name = 'dataset'")
      facets.parameters = try each("name", of: "parameter")
      facets.metrics = try connection.rows(
        """
        SELECT DISTINCT each.value
        FROM (SELECT id FROM run ORDER BY id DESC LIMIT \(RunFacets.newestRuns)) AS newest
        CROSS JOIN json_each((
          WITH RECURSIVE known (name) AS (
            SELECT min(metric.name) FROM metric WHERE run_id = newest.id
            UNION ALL
            SELECT (
              SELECT min(metric.name) FROM metric
              WHERE run_id = newest.id AND metric.name > known.name)
            FROM known WHERE known.name IS NOT NULL
            LIMIT \(RunFacets.most + 1))
          SELECT json_group_array(known.name) FROM known WHERE known.name IS NOT NULL)) AS each
        ORDER BY each.value LIMIT \(RunFacets.most)
        """
      ) { try $0.text(0) }
      return facets
    }
  }
}
