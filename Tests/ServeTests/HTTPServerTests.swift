#if Pages
  import Foundation
  import Serve
  import Synchronization
  import TestSupport
  import Testing

  /// What clients may send, and what they may not: the server says so and lives on.
  @Suite struct HTTPServerTests {
    /// A server that tells what it was asked.
    private func echo(_ limits: HTTPLimits = HTTPLimits()) throws -> HTTPServer {
      let server = try HTTPServer(host: "127.0.0.1", port: 0, limits: limits) { request in
        do {
          let body = try request.body.bytes(atMost: 1000)
          return .text(
            "\(request.method.rawValue) \(request.path) \(request.query.map { "\($0.name)=\($0.value)" })"
              + " \(String(decoding: body, as: UTF8.self))")
        } catch {
          let failure = error as? HTTPFailure
          return .text(failure?.message ?? "\(error)", failure?.status ?? .internalError)
        }
      }
      server.start()
      return server
    }

    @Test("requests follow each other on a connection, also before they are answered")
    func pipelining() throws {
      let server = try echo()
      let client = try LoopbackClient(port: server.port)
      client.send(
        "GET /a%2Fb/c?x=1&y=%20+z HTTP/1.1\r\nHost: x\r\n\r\n\r\n"
          + "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
          + "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try client.response().text == #"GET ["a/b", "c"] ["x=1", "y=  z"] "#)
      #expect(try client.response().text == #"POST ["p"] [] hello"#)
      #expect(try client.response().text == "GET [] [] ")
      server.stop(within: 5)
    }

    @Test("a body may come in pieces, byte by byte, and be waited for")
    func bodies() throws {
      let server = try echo()
      let client = try LoopbackClient(port: server.port)
      let request =
        "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "3;note=1\r\nabc\r\n0A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"
      for byte in request.utf8 { client.send([byte]) }
      #expect(try client.response().text == "PUT [] [] abc0123456789")
      client.send(
        "PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
      #expect(try client.response().status == 100)
      client.send("ok")
      #expect(try client.response().text == "PUT [] [] ok")
      server.stop(within: 5)
    }

    @Test("HEAD is answered without a body, and HTTP 1.0 closes the connection")
    func heads() throws {
      let server = try echo()
      let client = try LoopbackClient(port: server.port)
      let head = try client.ask("HEAD", "/")
      #expect(head.headers["content-length"] == "11" && head.headers["connection"] == "keep-alive")
      #expect(try client.ask("GET", "/").text == "GET [] [] ")
      client.send("GET / HTTP/1.0\r\n\r\n")
      #expect(try client.response().headers["connection"] == "close")
      #expect(try client.rest().isEmpty)
      server.stop(within: 5)
    }

    @Test(
      "what two programs might read differently is refused",
      arguments: [
        ("GET /\r\n\r\n", 505), ("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        ("BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 501), ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        ("GET http://x/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /a/%2e%2E/b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: \u{7F}\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: x\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        (
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
          400
        ),
        (
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
          400
        ),
      ])
    func refusals(request: String, status: Int) throws {
      let server = try echo()
      let client = try LoopbackClient(port: server.port)
      client.send(request)
      let response = try client.response()
      #expect(response.status == status && !response.text.isEmpty, "\(response)")
      #expect(try client.rest().isEmpty)
      #expect(try LoopbackClient(port: server.port).ask("GET", "/").status == 200)
      server.stop(within: 5)
    }

    @Test("too large a head or body is refused, and the client learns it though it still sends")
    func sizes() throws {
      var limits = HTTPLimits()
      limits.headBytes = 1000
      let server = try echo(limits)
      let long = try LoopbackClient(port: server.port)
      long.send(
        "GET / HTTP/1.1\r\nHost: x\r\nLong: \(String(repeating: "x", count: 40_000))\r\n\r\n")
      #expect(try long.response().status == 431)
      let large = try LoopbackClient(port: server.port)
      large.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n")
      large.send([UInt8](repeating: 0, count: 4_000_000))
      let refusal = try large.response()
      #expect(refusal.status == 413 && refusal.headers["connection"] == "close")
      // A small rest that nobody wanted is passed over.
      let small = try LoopbackClient(port: server.port)
      small.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n")
      small.send([UInt8](repeating: 0, count: 2000))
      #expect(try small.response().status == 413)
      #expect(try small.ask("GET", "/").status == 200)
      server.stop(within: 5)
    }

    @Test("clients that send slowly are told so and let go")
    func slowness() throws {
      var limits = HTTPLimits()
      (limits.headSeconds, limits.stallSeconds, limits.idleSeconds) = (0.2, 0.2, 0.2)
      let server = try echo(limits)
      let head = try LoopbackClient(port: server.port)
      head.send("GET / HT")
      #expect(try head.response().status == 408)
      let body = try LoopbackClient(port: server.port)
      body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
      #expect(try body.response().status == 408)
      let idle = try LoopbackClient(port: server.port)
      #expect(try idle.ask("GET", "/").status == 200)
      #expect(try idle.rest().isEmpty)
      server.stop(within: 5)
    }

    @Test("more connections than there may be are told to come again")
    func connections() throws {
      var limits = HTTPLimits()
      limits.connections = 2
      let server = try echo(limits)
      let open = try (0..<2).map { _ in try LoopbackClient(port: server.port) }
      for client in open { #expect(try client.ask("GET", "/").status == 200) }
      #expect(try LoopbackClient(port: server.port).response().status == 503)
      for client in open { #expect(try client.ask("GET", "/").status == 200) }
      server.stop(within: 5)
    }

    @Test("a server that stops ends what rests at once, and what is under way when it is answered")
    func stopping() throws {
      let isAsked = Mutex(false)
      let mayAnswer = Mutex(false)
      let server = try HTTPServer(host: "127.0.0.1", port: 0) { request in
        guard request.path == ["slow"] else { return .text("fast") }
        isAsked.withLock { $0 = true }
        while !mayAnswer.withLock({ $0 }), !request.isOver() { usleep(1000) }
        return .text(request.isOver() ? "over" : "slow")
      }
      server.start()
      let resting = try LoopbackClient(port: server.port)
      #expect(try resting.ask("GET", "/").text == "fast")
      let working = try LoopbackClient(port: server.port)
      working.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
      try waitUntil("the request to be under way") { isAsked.withLock { $0 } }
      let hasStopped = Mutex(false)
      let stopper = Thread {
        server.stop(within: 60)
        hasStopped.withLock { $0 = true }
      }
      stopper.start()
      #expect(try resting.rest().isEmpty)
      #expect(!hasStopped.withLock { $0 })
      mayAnswer.withLock { $0 = true }
      let last = try working.response()
      #expect(last.text == "slow" && last.headers["connection"] == "close")
      try waitUntil("the end of the server") { hasStopped.withLock { $0 } }
      #expect(throws: LoopbackFailure.self) {
        try LoopbackClient(port: server.port).ask("GET", "/")
      }
    }
  }
#endif
