import Foundation
import TestSupport
import Testing

/// Clients that mean ill, against the running command: each is refused, and the server lives.
@Suite(.startsPrograms) struct HostileRequestTests {
  @Test("oversized and malformed heads and bodies are refused by what is wrong with them")
  func sizes() throws {
    let assay = try Assay(copyOf: .empty)
    let server = try ServedAssay(assay, "--record")
    let api =
      "POST /api/2.0/mlflow/runs/log-batch HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    let head = "GET / HTTP/1.1\r\nHost: localhost\r\n"
    let deep = String(repeating: "[", count: 100_000)
    for (request, status) in [
      (head + "Long: \(String(repeating: "x", count: 40_000))\r\n\r\n", 431),
      (head + String(repeating: "A: b\r\n", count: 200) + "\r\n", 431),
      ("GET /\(String(repeating: "x", count: 40_000)) HTTP/1.1\r\nHost: localhost\r\n\r\n", 431),
      (api + "Content-Length: 999999999999\r\n\r\n", 413),
      (api + "Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
      (api + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 400),
      (api + "Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
      (api + "Content-Length: \(deep.utf8.count)\r\n\r\n\(deep)", 400),
      (api + "Content-Length: 3\r\n\r\n{\"}", 400),
      (
        "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 20000\r\n\r\n"
          + String(repeating: "x", count: 20_000), 413
      ),
      ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400), ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", 501),
      ("CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example\r\n\r\n", 501),
      (head + "\u{0}: x\r\n\r\n", 400), (head + "X: a\rb\r\n\r\n", 400),
      ("GET / HTTP/1.1\nHost: localhost\n\n", 505),
    ] {
      let client = try LoopbackClient(port: server.port)
      client.send(request)
      let response = try client.response()
      #expect(response.status == status, "\(request.prefix(100)): \(response)")
      #expect(try client.rest().isEmpty)
    }
    // One more byte than an interface takes, sent though nobody wants it.
    let large = try LoopbackClient(port: server.port)
    large.send(api + "Transfer-Encoding: chunked\r\n\r\n")
    for _ in 0..<20 { large.send("10000\r\n" + String(repeating: " ", count: 1 << 16) + "\r\n") }
    #expect(try large.response().status == 413)
    #expect(try server.ask("GET", "/health").text == "OK")
  }

  @Test("connections that say nothing, or only begin, keep nobody else out")
  func squatters() throws {
    let assay = try Assay(copyOf: .empty)
    let server = try ServedAssay(assay)
    let squatters = try (0..<200).map { number in
      let client = try LoopbackClient(port: server.port)
      if number % 2 == 0 { client.send("GET / HTTP/1.1\r\nHost: local") }
      return client
    }
    for _ in 0..<20 { #expect(try server.ask("GET", "/health").text == "OK") }
    // Those that are too many are told so, and others get their places when they leave.
    let more = try (0..<80).map { _ in try LoopbackClient(port: server.port) }
    #expect(try more[79].response().status == 503)
    for client in squatters + more { client.endSending() }
    try waitUntil("places") {
      (try? server.ask("GET", "/health").text) == "OK"
    }
    server.program.send(SIGINT)
    #expect(try server.program.wait().status == 0)
  }

  @Test("an address out of a folder leads nowhere, however it is written")
  func traversal() throws {
    let assay = try Assay(copyOf: .empty)
    try assay.write("secret", to: "secret.txt")
    let server = try ServedAssay(assay, "--record")
    let run = "00000000-0000-4000-8000-000000000000"
    let base = "/api/2.0/mlflow-artifacts/artifacts/0/\(run)/artifacts"
    for path in [
      "/static/../secret.txt", "/static/%2e%2e/secret.txt", "/static/..%2fsecret.txt",
      "/static//etc/passwd", "\(base)/../../../secret.txt", "\(base)/%2e%2e%2fsecret.txt",
      "\(base)//etc/passwd", "\(base)/..%5c..%5csecret.txt", "\(base)/secret.txt%00",
      "/db/../secret.txt", "/db/%2e%2e/",
      "/api/2.0/mlflow-artifacts/artifacts?path=../../secret.txt",
    ] {
      for method in ["GET", "PUT", "DELETE"] {
        let response = try server.ask(method, path)
        #expect((400...405).contains(response.status), "\(method) \(path): \(response.status)")
        #expect(!response.text.contains("secret\n") && !response.text.contains("root:"))
      }
    }
    #expect(try assay.text("secret.txt") == "secret")
  }

  @Test("names that are markup or commands come back as the names that they are")
  func names() throws {
    let assay = try Assay(copyOf: .empty)
    let server = try ServedAssay(assay, "--record")
    let name = #"</script><img src=x onerror=alert(1)>'; DROP TABLE run; --"\u001b[2J"#
    let body =
      #"{"experiment_id":"0","start_time":1,"run_name":"\#(name.replacing("\"", with: "\\\""))"}"#
    let made = try server.ask("POST", "/api/2.0/mlflow/runs/create", body: body)
    #expect(made.status == 200, "\(made.text)")
    #expect(made.headers["content-type"] == "application/json")
    #expect(made.headers["x-content-type-options"] == "nosniff")
    let page = try server.page("/").text
    #expect(page.contains("&lt;img src=x") && !page.contains("<img"))
    let found = try server.ask(
      "POST", "/api/2.0/mlflow/runs/search",
      body: #"{"experiment_ids":["0"],"filter":"run_name LIKE '%DROP TABLE%'"}"#)
    #expect(found.text.contains("onerror=alert(1)"))
  }
}
