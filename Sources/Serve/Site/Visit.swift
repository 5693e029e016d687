package import Tracker

/// A request to one of the databases that are served.
package struct Visit {
  /// What is asked.
  package var request: HTTPRequest
  /// The database that is asked about.
  package let database: ServedDatabase
  /// What else is served.
  package let site: Site

  /// Lends a connection that reads to a body.
  ///
  /// - Throws: ``HTTPFailure`` if the time of the request is over; what the body throws.
  package func read<Result>(_ body: (Tracker) throws -> Result) throws -> Result {
    try database.read(for: request, body)
  }

  /// What the database is recorded with.
  ///
  /// - Throws: ``HTTPFailure`` of status 403 where clients may only read.
  package func recorder() throws(HTTPFailure) -> Tracker {
    guard let writer = database.writer else {
      throw HTTPFailure(
        .forbidden, "this server only reads", remedy: site.material.remedies.onlyReading,
        code: "PERMISSION_DENIED")
    }
    return writer
  }

  /// The address of a page about the same database.
  ///
  /// - Parameters:
  ///   - path: The names of the path.
  ///   - query: Values behind the question mark; those that are nil are left out.
  /// - Returns: The address.
  package func link(_ path: String..., query: [(String, String?)] = []) -> String {
    site.address(of: database, path, query)
  }
}
