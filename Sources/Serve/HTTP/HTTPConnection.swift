#if Pages
  internal import NIOCore
  internal import NIOHTTP1

  /// One client's requests, one after another: parsed on an event loop, answered on a thread.
  final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart
    typealias Handler = @Sendable (HTTPRequest) -> HTTPResponse

    /// What a connection is at.
    enum Phase {
      /// Between two requests.
      case resting
      /// A part of a head has come.
      case beginning
      /// A request is being received or answered.
      case answering(Exchange)
      /// The request is answered, and the rest of its body is passed over.
      case passing
      /// The last answer is sent; whatever comes is passed over.
      case leaving
    }

    let loop: any EventLoop
    let peer = Peer()
    /// What stands before the parser.
    let edge: ConnectionEdge
    let limits: HTTPLimits
    private let workers: Workers
    private let handler: Handler
    var phase = Phase.resting
    var context: ChannelHandlerContext?
    /// When the client must have sent what is awaited.
    let reading: LoopClock
    /// When the client must have taken some of what was sent.
    let writing: LoopClock
    /// When a body must have come that comes at the slowest speed there may be.
    private var fairEnd = NIODeadline.now()
    /// Since when nothing is received, since there is no room.
    var heldSince: NIODeadline?
    /// How many pieces were sent and not taken.
    var untaken = 0
    /// How many bytes were passed over since the last answer.
    var passed = 0
    var hasEnded = false
    /// What ends an answer once the client has taken more of it.
    var postponed: (() -> Void)?

    /// The most bytes that are passed over while a client reads its last answer.
    private static let mostLost = 64 << 20
    /// A body that is no larger than this is received before a thread answers.
    private static let small = 64 << 10

    init(
      on loop: any EventLoop, limits: HTTPLimits, workers: Workers, handler: @escaping Handler
    ) {
      (self.loop, self.limits, self.workers, self.handler) = (loop, limits, workers, handler)
      (reading, writing, edge) = (LoopClock(loop), LoopClock(loop), ConnectionEdge())
    }

    func handlerAdded(context: ChannelHandlerContext) {
      self.context = context
      edge.onBytes = { [unowned self] in bytesCame() }
      reading.onTime = { [unowned self] in timeIsOver() }
      // Who takes nothing of an answer gets no more of it.
      writing.onTime = { [unowned self] in self.context?.close(promise: nil) }
      reading.set(seconds: limits.idleSeconds)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
      reading.end()
      writing.end()
      (self.context, postponed) = (nil, nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
      peer.noteClosing()
      if case .answering(let exchange) = phase { exchange.body.fail(Self.torn) }
      phase = .leaving
      reading.clear()
      writing.clear()
    }

    /// Ends at once if nothing is under way, else with the answer that is.
    func stop() {
      switch phase {
      case .resting, .beginning, .passing: context?.close(promise: nil)
      case .answering: break
      case .leaving: reading.set(seconds: 0.1)
      }
    }

    /// Ends at once, whatever is under way.
    func cut() { context?.close(promise: nil) }

    // What the client sends.

    private func bytesCame() {
      guard case .resting = phase else { return }
      phase = .beginning
      reading.set(seconds: limits.headSeconds)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): begin(head)
      case .body(let buffer): receive(buffer)
      case .end: finishBody()
      }
    }

    private func begin(_ received: HTTPRequestHead) {
      switch phase {
      case .resting, .beginning: break
      case .answering, .passing, .leaving: return
      }
      reading.clear()
      let head: RequestHead
      do throws(HTTPFailure) {
        head = try RequestHead(received)
      } catch {
        return refuse(error)
      }
      let exchange = exchange(for: head)
      phase = .answering(exchange)
      let now = NIODeadline.now()
      (fairEnd, heldSince) = (now + .seconds(fraction: limits.stallSeconds), nil)
      if exchange.body.awaitsConsent {
        start(exchange)
      } else {
        // Whoever answers may refuse a large one before it comes.
        if (head.length ?? 0) > Self.small { start(exchange) }
        expectMore(of: exchange)
      }
    }

    private func exchange(for head: RequestHead) -> Exchange {
      let bound = NIOLoopBound(self, eventLoop: loop)
      let body = IncomingBody(length: head.length, awaitsConsent: head.awaitsConsent) { wish in
        bound.eventLoop.execute { bound.value.grant(wish) }
      }
      let exchange = Exchange(head, body)
      let answer = OutgoingAnswer(
        to: exchange, of: self, hasContent: head.method != .head)
      let deadline = ContinuousClock.now + .seconds(limits.requestSeconds)
      exchange.work = { [handler, peer] in
        let request = HTTPRequest(
          method: head.method, path: head.path, query: head.query, headers: head.headers,
          body: HTTPBody(length: body.length, read: body.next), deadline: deadline,
          isOver: { peer.isOver(deadline) })
        answer.send(handler(request))
      }
      return exchange
    }

    /// Has a thread answer, unless one does.
    private func start(_ exchange: Exchange) {
      guard let work = exchange.work else { return }
      exchange.work = nil
      do {
        try workers.perform(work)
      } catch {
        refuse(HTTPFailure(.unavailable, "the server has no thread left; try again"))
      }
    }

    private func receive(_ buffer: ByteBuffer) {
      switch phase {
      case .answering(let exchange):
        exchange.received += buffer.readableBytes
        fairEnd =
          fairEnd + .seconds(fraction: Double(buffer.readableBytes) / limits.bytesPerSecond)
        if exchange.body.receive(buffer) > Self.small { start(exchange) }
        expectMore(of: exchange)
      case .passing: reading.set(seconds: limits.stallSeconds)
      case .leaving:
        passed += buffer.readableBytes
        if passed > Self.mostLost { context?.close(promise: nil) }
      case .resting, .beginning: break
      }
    }

    private func finishBody() {
      switch phase {
      case .answering(let exchange):
        exchange.isReceived = true
        reading.clear()
        exchange.body.finish()
        start(exchange)
      case .passing: rest()
      case .resting, .beginning, .leaving: break
      }
    }

    /// Sets when the next bytes must have come: a client may rest a little, and be slow, but not both for
    /// ever.
    private func expectMore(of exchange: Exchange) {
      let fair = Double((fairEnd - .now()).nanoseconds) / 1e9
      reading.set(seconds: min(limits.stallSeconds, fair))
    }

    private func timeIsOver() {
      switch phase {
      case .resting, .passing, .leaving: context?.close(promise: nil)
      case .beginning:
        phase = .leaving
        edge.refuse(.timedOut, "the head of the request took too long")
        leave()
      case .answering(let exchange):
        exchange.asksToClose = true
        exchange.body.fail(HTTPFailure(.timedOut, "the body of the request came too slowly"))
        start(exchange)
      }
    }

    /// Does what a body's reader asks for.
    private func grant(_ wish: IncomingBody.Wish) {
      guard case .answering(let exchange) = phase, let context else { return }
      switch wish {
      case .consent:
        guard !exchange.isReceived else { return }
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        fairEnd = .now() + .seconds(fraction: limits.stallSeconds)
        expectMore(of: exchange)
      case .more:
        guard let since = heldSince else { return }
        heldSince = nil
        fairEnd = fairEnd + (.now() - since)
        if !exchange.isReceived { expectMore(of: exchange) }
        context.read()
      }
    }

    func read(context: ChannelHandlerContext) {
      if case .answering(let exchange) = phase, !exchange.isReceived, exchange.body.holds() {
        // The client waits for the server now.
        if heldSince == nil { heldSince = .now() }
        reading.clear()
      } else {
        context.read()
      }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if let event = event as? ChannelEvent, event == .inputClosed {
        hasEnded = true
        peer.noteEnd()
        switch phase {
        case .answering: break
        case .resting, .beginning, .passing, .leaving:
          // What was written is on its way by now, or the other side takes nothing.
          if untaken == 0 { context.close(promise: nil) }
        }
      }
      context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      guard let error = error as? HTTPParserError else {
        // What comes behind something unreadable is passed over.
        if case .leaving = phase, error is ByteToMessageDecoderError { return }
        return context.close(promise: nil)
      }
      switch phase {
      case .resting, .beginning: refuse(HTTPFailure(parsing: error))
      case .answering(let exchange):
        exchange.asksToClose = true
        exchange.body.fail(hasEnded || error == .invalidEOFState ? Self.torn : Self.broken)
        start(exchange)
      case .passing:
        phase = .leaving
        leave()
      case .leaving: break
      }
    }

    private static let torn = HTTPFailure(.badRequest, "the body of the request is not whole")
    private static let broken = HTTPFailure(
      .badRequest, "the pieces of the request's body are broken")
  }
#endif
