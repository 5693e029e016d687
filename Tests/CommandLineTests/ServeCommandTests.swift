import Foundation
import TestSupport
import Testing

/// `assay serve`: what a browser gets, who may ask, and how it ends.
@Suite(.startsPrograms) struct ServeCommandTests {
  /// A directory with a few runs of programs, one with a hostile name.
  private static let runs = SharedStart { assay in
    for name in ["first", "<script>alert(1)</script>", "third"] {
      try assay.succeed("run", "--quiet", "--name", name, "--", "true")
    }
  }

  @Test("the first page lists runs, escaped, and refers to nothing outside")
  func runs() throws {
    let assay = try Assay(copyOf: Self.runs)
    let server = try ServedAssay(assay)
    let page = try server.page("/")
    #expect(page.status == 200)
    #expect(page.headers["content-type"] == "text/html; charset=utf-8")
    #expect(page.text.contains("third") && page.text.contains("&lt;script&gt;alert(1)"))
    #expect(!page.text.contains("<script>alert") && !page.text.contains("//"))
    let policy = page.headers["content-security-policy"] ?? ""
    #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';"))
    for link in page.text.matches(of: /(?:src|href)="(\/static[^"]*)"/) {
      let file = try server.ask("GET", String(link.output.1))
      #expect(file.status == 200 && !file.body.isEmpty)
      #expect(file.headers["cache-control"]?.contains("immutable") == true)
      let again = try server.ask(
        "GET", String(link.output.1), headers: ["If-None-Match": file.headers["etag"] ?? ""])
      #expect(again.status == 304)
    }
  }

  @Test("long lists are turned page by page, each run once")
  func paging() throws {
    let assay = try Assay()
    try assay.succeed("run", "--quiet", "--", "true")
    _ = try assay.ask(
      """
      WITH RECURSIVE count (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM count WHERE i < 250)
      INSERT INTO run (uuid, kind, name, state, configuration, created_ms)
      SELECT printf('00000000-0000-0000-0000-%012d', i), 'own', 'run ' || i, 'queued', '{}', i
      FROM count;
      """)
    let server = try ServedAssay(assay)
    var names: [String] = []
    var path = "/"
    for _ in 0..<4 {
      let page = try server.page(path).text
      names += page.matches(of: />(run \d+)<\/a>/).map { String($0.output.1) }
      guard let next = page.firstMatch(of: /rel="next" href="([^"]*)"/) else { break }
      path = String(next.output.1)
    }
    #expect(names == (1...250).reversed().map { "run \($0)" })
  }

  @Test("what is wrong is said as the client can read it, and never with nothing")
  func failures() throws {
    let assay = try Assay(copyOf: Self.runs)
    let server = try ServedAssay(assay)
    let page = try server.page("/nothing/<b>")
    #expect(page.status == 404 && page.text.contains("/nothing/%3Cb%3E"))
    let json = try server.ask("GET", "/nothing", headers: ["Accept": "application/json"])
    #expect(json.status == 404 && json.text == #"{"error":"there is nothing at /nothing"}"#)
    #expect(try server.ask("GET", "/nothing").text == "there is nothing at /nothing\n")
    let method = try server.ask("POST", "/")
    #expect(method.status == 405 && method.headers["allow"] == "GET")
    #expect(try server.ask("GET", "/db/none/").status == 404)
    #expect(try server.ask("GET", "/db/assay/").status == 200)
  }

  @Test("names that lead here from elsewhere, and pages of other sites, are refused")
  func origins() throws {
    let assay = try Assay(copyOf: Self.runs)
    let server = try ServedAssay(assay, "--allow-host", "proxy.example")
    for host in ["localhost:1", "127.0.0.1", "[::1]:2", "assay.localhost", "proxy.example:443"] {
      #expect(try server.ask("GET", "/", headers: ["Host": host]).status == 200, "\(host)")
    }
    for host in ["evil.example", "localhost.evil.example", "1.2.3", "127.0.0.1.evil.example"] {
      #expect(try server.ask("GET", "/", headers: ["Host": host]).status == 421, "\(host)")
    }
    for headers in [
      ["Origin": "http://evil.example"], ["Origin": "null"], ["Origin": "http://localhost:1"],
      ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"],
    ] {
      #expect(try server.ask("POST", "/sign-in", headers: headers).status == 403, "\(headers)")
    }
    let own = ["Host": "localhost", "Origin": "http://localhost"]
    #expect(try server.ask("POST", "/", headers: own).status == 405)
  }

  @Test("an address that others reach wants a token, which a form or a header may bring")
  func token() throws {
    let assay = try Assay(copyOf: Self.runs)
    let refusal = try assay.run("serve", "--host", "0.0.0.0", "--port", "0")
    #expect(refusal.status == 64 && refusal.error.contains("--token-file"))
    #expect(try assay.run("serve", "--token", "short").status == 64)
    let token = "correct-horse-battery"
    try assay.write(token + "\n", to: "token.txt")
    let server = try ServedAssay(assay, "--host", "0.0.0.0", "--token-file", "token.txt")
    #expect(try server.ask("GET", "/").status == 401)
    let sent = try server.page("/")
    #expect(sent.status == 303 && sent.headers["location"] == "/sign-in")
    #expect(try server.page("/sign-in").text.contains("name=\"token\""))
    #expect(try server.ask("GET", "/health").text == "OK")
    for wrong in ["Bearer wrong-horse-battery", "Bearer", "Bearer \(token)x", "Digest \(token)"] {
      #expect(try server.ask("GET", "/", headers: ["Authorization": wrong]).status == 401)
    }
    #expect(try server.ask("GET", "/", headers: ["Authorization": "Bearer \(token)"]).status == 200)
    let basic = Data("anybody:\(token)".utf8).base64EncodedString()
    #expect(try server.ask("GET", "/", headers: ["Authorization": "Basic \(basic)"]).status == 200)
    #expect(try server.ask("POST", "/sign-in", body: "token=wrong").status == 403)
    let signedIn = try server.ask("POST", "/sign-in", body: "token=\(token)&to=//evil.example/x")
    #expect(signedIn.status == 303 && signedIn.headers["location"] == "/evil.example/x")
    let cookie = try #require(signedIn.headers["set-cookie"])
    #expect(cookie.contains("; HttpOnly; SameSite=Strict") && !cookie.contains(token))
    let shown = String(cookie.prefix { $0 != ";" })
    #expect(try server.ask("GET", "/", headers: ["Cookie": "a=b; \(shown)"]).status == 200)
    #expect(try server.ask("GET", "/", headers: ["Cookie": "\(shown)x"]).status == 401)
  }

  @Test("changes are told as they come, and several databases are kept apart")
  func events() throws {
    let assay = try Assay(copyOf: Self.runs)
    try assay.succeed("run", "--db", "other.db", "--quiet", "--name", "elsewhere", "--", "true")
    let server = try ServedAssay(assay, "--db", "assay.db", "--db", "other.db")
    #expect(try server.page("/").text.contains("third"))
    let other = try server.page("/db/other/").text
    #expect(other.contains("elsewhere") && !other.contains("third"))
    let listener = try LoopbackClient(port: server.port)
    listener.send("GET /db/other/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    #expect(try listener.head().contains("Content-Type: text/event-stream"))
    while try listener.line() != "retry: 2000" {}
    try assay.succeed("run", "--db", "other.db", "--quiet", "--name", "news", "--", "true")
    while try listener.line() != "event: change" {}
    #expect(try server.page("/db/other/").text.contains("news"))
  }

  @Test("Ctrl-C ends it, though clients are connected and listening")
  func interruption() throws {
    let assay = try Assay(copyOf: Self.runs)
    let server = try ServedAssay(assay)
    let resting = try LoopbackClient(port: server.port)
    #expect(try resting.ask("GET", "/health").text == "OK")
    let listener = try LoopbackClient(port: server.port)
    listener.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    while try listener.line() != "retry: 2000" {}
    server.program.send(SIGINT)
    let result = try server.program.wait()
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    #expect(try resting.rest().isEmpty)
  }

  @Test("a port that is taken, and a database that is not there, are said at once")
  func beginnings() throws {
    let assay = try Assay(copyOf: Self.runs)
    let server = try ServedAssay(assay)
    let taken = try assay.run("serve", "--port", "\(server.port)")
    #expect(taken.status == 75 && taken.error.contains("name another --port"))
    let missing = try assay.run("serve", "--db", "none.db")
    #expect(missing.status == 66 && missing.error.contains("none.db"))
    let token = try assay.run("serve", "--token-file", "nosuch")
    #expect(token.status == 66)
    #expect(token.error == "assay: nosuch: there is no such file\n")
  }
}
