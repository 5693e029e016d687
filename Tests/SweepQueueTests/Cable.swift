import Foundation
import PostgreSQL
import TestSupport

extension DatabaseServer {
  /// Makes an empty database.
  ///
  /// - Returns: Its name.
  func makeDatabase() throws -> String {
    let name = "t\(UUID().uuidString.replacing("-", with: "").lowercased())"
    try PostgreSQLConnection(address()).run("CREATE DATABASE \(name) STRATEGY file_copy")
    return name
  }
}

/// A way to the server that a test can cut: a directory of its own with a link to the server's socket.
final class Cable {
  /// The address by this way.
  let address: String
  private let name: String
  private let directory: TemporaryDirectory
  private let server: DatabaseServer

  private static let socket = ".s.PGSQL.5432"

  init(to server: DatabaseServer) throws {
    self.server = server
    directory = try TemporaryDirectory()
    name = "cable-\(UUID().uuidString)"
    address = "host=\(directory.url.path) user=assay dbname=postgres application_name=\(name)"
    try mend()
  }

  /// Ends the connections of this way, and lets none be opened.
  func cut() throws {
    try FileManager.default.removeItem(atPath: directory.path(Self.socket))
    try sever()
  }

  /// Ends the connections of this way; others can be opened.
  func sever() throws {
    try PostgreSQLConnection(server.address()).run(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = $1",
      [name])
  }

  func mend() throws {
    try FileManager.default.createSymbolicLink(
      atPath: directory.path(Self.socket),
      withDestinationPath: server.directory + "/" + Self.socket)
  }
}
