#if Pages
  import Foundation
  import SQLite
  import Serve
  import TestSupport
  import Testing
  import Tracker

  /// Questions of clients to a database.
  @Suite struct ServedDatabaseTests {
    @Test("a question that never ends is ended in time, and one that writes is refused")
    func hostileQuestions() throws {
      let directory = try TemporaryDirectory()
      let path = directory.path("a.db")
      _ = try Tracker(writing: path, environment: RunEnvironment(version: "test"))
      let database = try #require(try ServedDatabase.open([path]).first)
      var limits = HTTPLimits()
      limits.requestSeconds = 0.3
      let server = try HTTPServer(host: "127.0.0.1", port: 0, limits: limits) { request in
        do {
          let sql = String(decoding: try request.body.bytes(atMost: 10_000), as: UTF8.self)
          let rows = try database.read(for: request) { tracker in
            try tracker.read { try $0.rows(sql) { "\($0.value(0))" } }
          }
          return .text("\(rows)")
        } catch {
          return .text("\(error)", (error as? HTTPFailure)?.status ?? .badRequest)
        }
      }
      server.start()
      let client = try LoopbackClient(port: server.port)
      let endless =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
      // More of them than there are connections to the database.
      let others = try (0..<9).map { _ in try LoopbackClient(port: server.port) }
      for other in others {
        other.send(
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(endless.utf8.count)\r\n\r\n\(endless)")
      }
      for other in others { #expect(try other.response().status == 503) }
      #expect(try client.ask("POST", "/", body: "SELECT 1").status == 200)
      for writing in ["DELETE FROM run", "CREATE TABLE t (a)", "PRAGMA user_version = 1"] {
        #expect(try client.ask("POST", "/", body: writing).status == 400, "\(writing)")
      }
      #expect(try client.ask("POST", "/", body: "SELECT count(*) FROM run").status == 200)
      server.stop(within: 5)
    }
  }
#endif
