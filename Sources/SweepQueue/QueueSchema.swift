internal import PostgreSQL

/// The queue's schema in a database, from migrations/postgresql/.
enum QueueSchema {
  /// The lock under which one client at a time brings the schema up to date; any number that no other
  /// program takes.
  private static let lock = "7020213455120387"

  /// Makes the schema what this version knows, if it is older or not there.
  ///
  /// - Throws: ``QueueError/newerSchema(version:known:)``, ``QueueError/foreignSchema``,
  ///   `PostgreSQLError`.
  static func prepare(_ connection: PostgreSQLConnection) throws {
    let known = queueSteps.count
    let found = try version(connection)
    guard found <= known else { throw QueueError.newerSchema(version: found, known: known) }
    guard found < known else { return }
    try connection.transaction {
      try connection.run("SELECT pg_advisory_xact_lock(\(lock))")
      // Another client may have done it meanwhile.
      for step in queueSteps[min(try version(connection), known)...] { try connection.run(step) }
    }
  }

  /// The schema's version; 0 if there is none.
  private static func version(_ connection: PostgreSQLConnection) throws -> Int {
    let there = try connection.run(
      """
      SELECT to_regclass('assay.schema_step') IS NOT NULL,
        EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'assay')
      """)
    switch (there.first?[0], there.first?[1]) {
    case ("t", _):
      let version = try connection.run("SELECT max(version) FROM assay.schema_step")
      return version.first?[0].flatMap { Int($0) } ?? 0
    case (_, "t"): throw QueueError.foreignSchema
    default: return 0
    }
  }
}
