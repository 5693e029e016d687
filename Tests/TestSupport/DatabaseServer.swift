internal import Foundation

/// A PostgreSQL server that all tests of this process share; it ends with the process.
public final class DatabaseServer: Sendable {
  /// The server, started when a test first needs it.
  public static let shared = Result { try DatabaseServer() }

  /// The directory with its socket.
  public let directory: String

  /// No server can be started.
  public struct Missing: Error, CustomStringConvertible {
    /// What is missing, as the script says it.
    public let description: String
  }

  private init() throws {
    let process = ProcessInfo.processInfo.processIdentifier
    directory =
      FileManager.default.temporaryDirectory
      .appending(path: "assay-postgresql-\(process)").path
    let started = try run(
      packageRoot.appending(path: "Tests/Cluster/postgresql.sh").path,
      ["start", directory, "\(process)"])
    guard started.status == 0 else { throw Missing(description: started.error) }
  }

  /// The address of a database.
  ///
  /// - Parameters:
  ///   - database: Its name.
  ///   - name: What the server calls the connections.
  public func address(database: String = "postgres", name: String = "assay-test") -> String {
    "host=\(directory) user=assay dbname=\(database) application_name=\(name)"
  }
}
