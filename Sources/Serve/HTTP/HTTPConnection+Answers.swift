#if Pages
  internal import NIOCore
  internal import NIOHTTP1

  /// What a client is sent.
  extension HTTPConnection {
    /// The most bytes of a body that are passed over so that its connection goes on.
    private static let mostUnwanted = 256 << 10

    /// Says what is wrong with a head, and no more: where the next request begins is not known.
    func refuse(_ failure: HTTPFailure) {
      guard let context else { return }
      phase = .leaving
      let body = ByteBuffer(string: failure.message + "\n")
      var headers = HTTPHeaders([("Content-Type", "text/plain; charset=utf-8")])
      headers.add(name: "Content-Length", value: "\(body.readableBytes)")
      headers.add(name: "Connection", value: "close")
      let head = HTTPResponseHead(
        version: .http1_1, status: .init(failure.status), headers: headers)
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      write(body)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      leave()
    }

    /// Sends the head of an answer.
    func begin(
      _ exchange: Exchange, _ status: HTTPStatus, _ headers: [HTTPHeader], length: Int?
    ) {
      guard isCurrent(exchange), let context else { return }
      exchange.isChunked =
        length == nil && exchange.head.isModern && exchange.head.method != .head
      let endsItself = length != nil || exchange.isChunked || exchange.head.method == .head
      exchange.keepsOpen =
        !exchange.asksToClose && endsItself && canPass(exchange) && !peer.isStopping && !hasEnded
      var lines = HTTPHeaders(headers.map { ($0.name, $0.line) })
      if let length, status.hasContent {
        lines.add(name: "Content-Length", value: "\(length)")
      } else if exchange.isChunked {
        lines.add(name: "Transfer-Encoding", value: "chunked")
      }
      lines.add(name: "Connection", value: exchange.keepsOpen ? "keep-alive" : "close")
      let head = HTTPResponseHead(version: .http1_1, status: .init(status), headers: lines)
      context.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    /// Sends a piece of an answer's content.
    ///
    /// - Parameters:
    ///   - content: The piece.
    ///   - exchange: What it answers.
    ///   - body: Called when the client's side has taken it, or never will.
    func write(
      _ content: ByteBuffer, of exchange: Exchange, _ body: @escaping (_ isSent: Bool) -> Void
    ) {
      guard isCurrent(exchange) else { return body(false) }
      write(content, body)
      context?.flush()
    }

    private func write(_ content: ByteBuffer, _ body: @escaping (_ isSent: Bool) -> Void = { _ in })
    {
      guard let context else { return body(false) }
      let promise = loop.makePromise(of: Void.self)
      untaken += 1
      // A large piece takes its time.
      let seconds = limits.stallSeconds + Double(content.readableBytes) / limits.bytesPerSecond
      writing.set(seconds: seconds)
      promise.futureResult.assumeIsolated().whenComplete { [self] result in
        untaken -= 1
        if untaken == 0 { writing.clear() } else { writing.set(seconds: seconds) }
        if case .success = result { body(true) } else { body(false) }
      }
      context.write(wrapOutboundOut(.body(.byteBuffer(content))), promise: promise)
    }

    /// Ends an answer.
    ///
    /// - Parameters:
    ///   - exchange: What it answers.
    ///   - isWhole: Whether all of it was sent; otherwise the client learns by the connection's end that it
    ///     was not.
    func end(_ exchange: Exchange, isWhole: Bool) {
      guard isCurrent(exchange), let context else { return }
      context.flush()
      guard isWhole else { return context.close(promise: nil) }
      // The next request waits while the client takes nothing.
      if context.channel.isWritable {
        finish(exchange)
      } else {
        if untaken == 0 { writing.set(seconds: limits.stallSeconds) }
        postponed = { [unowned self] in finish(exchange) }
      }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
      if context.channel.isWritable, let finish = postponed {
        postponed = nil
        finish()
      }
      context.fireChannelWritabilityChanged()
    }

    private func finish(_ exchange: Exchange) {
      guard isCurrent(exchange), let context else { return }
      heldSince = nil
      if untaken == 0 { writing.clear() }
      let goesOn = exchange.keepsOpen && !hasEnded && !peer.isStopping
      // Writing the end brings in the next request, so what this one leaves behind is settled before.
      if !goesOn {
        phase = .leaving
      } else if exchange.isReceived {
        rest()
      } else {
        phase = .passing
        reading.set(seconds: limits.stallSeconds)
      }
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      if !goesOn { leave() } else if !exchange.isReceived { context.read() }
    }

    func rest() {
      phase = .resting
      if hasEnded || peer.isStopping {
        context?.close(promise: nil)
      } else {
        reading.set(seconds: limits.idleSeconds)
      }
    }

    /// Ends the connection so that the last answer arrives, though the client may still be sending.
    func leave() {
      passed = 0
      let flushed = loop.makePromise(of: Void.self)
      if untaken == 0 { reading.set(seconds: limits.stallSeconds) } else { reading.clear() }
      flushed.futureResult.assumeIsolated().whenComplete { [self] _ in
        guard let context = self.context else { return }
        if hasEnded {
          context.close(promise: nil)
        } else {
          context.close(mode: .output, promise: nil)
          reading.set(seconds: peer.isStopping ? 0.1 : 2)
          context.read()
        }
      }
      edge.flush(flushed)
    }

    private func isCurrent(_ exchange: Exchange) -> Bool {
      if case .answering(let current) = phase { current === exchange } else { false }
    }

    /// Whether what is left of a body can be passed over.
    private func canPass(_ exchange: Exchange) -> Bool {
      if exchange.isReceived { return true }
      // A client that was not asked for its body may keep it, or send it: nobody can tell.
      guard !exchange.body.awaitsConsent, let length = exchange.head.length else { return false }
      return length - exchange.received <= Self.mostUnwanted
    }
  }
#endif
