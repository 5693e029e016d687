#if Pages
  import Foundation
  import Serve
  import Synchronization
  import TestSupport
  import Testing

  /// Clients that take their time, as a slow network does, or on purpose.
  @Suite struct SlowClientTests {
    private func limits(_ seconds: Double) -> HTTPLimits {
      var limits = HTTPLimits()
      (limits.headSeconds, limits.stallSeconds) = (seconds, seconds)
      limits.bytesPerSecond = 1_000_000
      return limits
    }

    /// Sends a byte now and then until the server has had enough.
    private func drip(_ client: LoopbackClient, _ start: String) throws -> LoopbackResponse {
      client.send(start)
      let hasAnswer = Mutex(false)
      let answer: LoopbackResponse
      let thread = Thread { [client = UncheckedBox(client)] in
        while !hasAnswer.withLock({ $0 }) {
          client.value.send("x")
          usleep(10_000)
        }
      }
      thread.start()
      defer { hasAnswer.withLock { $0 = true } }
      answer = try client.response()
      return answer
    }

    @Test("a head or body that comes byte by byte is cut off, however busy its client is")
    func drips() throws {
      var limits = limits(0.3)
      limits.bytesPerSecond = 10_000
      let server = try HTTPServer(host: "127.0.0.1", port: 0, limits: limits) { request in
        do {
          return .text("\(try request.body.bytes(atMost: 1_000_000).count)")
        } catch {
          return .text("refused", (error as? HTTPFailure)?.status ?? .internalError)
        }
      }
      server.start()
      let head = try drip(
        try LoopbackClient(port: server.port), "GET / HTTP/1.1\r\nHost: x\r\nLong: ")
      #expect(head.status == 408)
      let body = try drip(
        try LoopbackClient(port: server.port),
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
      #expect(body.status == 408)
      // Lengths without content, of which there may be any number, are no body.
      let piece = try LoopbackClient(port: server.port)
      let lengths = try drip(
        piece, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;")
      #expect(lengths.status == 408)
      server.stop(within: 5)
    }

    @Test("who takes nothing of an answer is cut off, and what makes it learns so")
    func takers() throws {
      let ends = Mutex<[String]>([])
      let isGone = Mutex<(@Sendable () -> Bool)?>(nil)
      let server = try HTTPServer(host: "127.0.0.1", port: 0, limits: limits(0.3)) { request in
        if request.path == ["large"] {
          isGone.withLock { $0 = request.isOver }
          return HTTPResponse(content: .bytes([UInt8](repeating: 0, count: 64 << 20)))
        }
        return HTTPResponse(
          content: .stream(length: nil) { sink in
            do {
              while true { try sink.write([UInt8](repeating: 0, count: 100_000)) }
            } catch {
              ends.withLock { $0.append("\(type(of: error))") }
              throw error
            }
          })
      }
      server.start()
      let clients = try ["endless", "large"].map { path in
        let client = try LoopbackClient(port: server.port)
        client.send("GET /\(path) HTTP/1.1\r\nHost: x\r\n\r\n")
        return client
      }
      try waitUntil("the end of the endless answer") { ends.withLock { $0.count == 1 } }
      try waitUntil("the end of the large answer") { isGone.withLock { $0?() ?? false } }
      for client in clients {
        // What had been sent is still there, and no more.
        let rest = try client.rest()
        #expect(rest.utf8.count < 64 << 20)
      }
      server.stop(within: 5)
    }

    @Test("requests that come faster than their answers are taken wait for them")
    func floods() throws {
      let count = Mutex(0)
      let server = try HTTPServer(host: "127.0.0.1", port: 0) { _ in
        count.withLock { $0 += 1 }
        return HTTPResponse(content: .bytes([UInt8](repeating: 1, count: 1 << 20)))
      }
      server.start()
      let client = try LoopbackClient(port: server.port)
      let requests = 40
      client.send(String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: requests))
      var known = -1
      // Answered are those that fit the buffers between, and it stays so.
      try waitUntil("a rest") {
        defer { known = count.withLock { $0 } }
        usleep(100_000)
        return known > 0 && known == count.withLock { $0 }
      }
      #expect(known < requests)
      for _ in 0..<requests { #expect(try client.response().body.count == 1 << 20) }
      server.stop(within: 5)
    }

    @Test("a body that nobody reads yet is not received, and one that is read streams through")
    func backPressure() throws {
      let mayRead = Mutex(false)
      let server = try HTTPServer(host: "127.0.0.1", port: 0) { request in
        while !mayRead.withLock({ $0 }), !request.isOver() { usleep(1000) }
        var count = 0
        do {
          while let bytes = try request.body.next() { count += bytes.count }
        } catch {
          return .text("\(error)", .internalError)
        }
        return .text("\(count)")
      }
      server.start()
      let size = 48 << 20
      let sent = Mutex(0)
      let client = UncheckedBox(try LoopbackClient(port: server.port))
      let sender = Thread {
        client.value.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
        let piece = [UInt8](repeating: 7, count: 1 << 20)
        for _ in 0..<size / piece.count {
          client.value.send(piece)
          sent.withLock { $0 += piece.count }
        }
      }
      sender.start()
      var known = -1
      try waitUntil("a rest") {
        defer { known = sent.withLock { $0 } }
        usleep(100_000)
        return known > 0 && known == sent.withLock { $0 }
      }
      #expect(known < size)
      mayRead.withLock { $0 = true }
      #expect(try client.value.response().text == "\(size)")
      server.stop(within: 5)
    }
  }

  /// Hands a client to a thread that is the only one that sends.
  private final class UncheckedBox: @unchecked Sendable {
    let value: LoopbackClient

    init(_ value: LoopbackClient) { self.value = value }
  }
#endif
