#if Pages
  internal import NIOCore

  /// Stands between a connection and the parser: notices that bytes come, and answers where there is no
  /// request yet to answer.
  final class ConnectionEdge: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// What is done when bytes have come.
    var onBytes: () -> Void = {}
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
      self.context = nil
      onBytes = {}
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      onBytes()
      context.fireChannelRead(data)
    }

    /// Sends an answer after which the connection ends.
    func refuse(_ status: HTTPStatus, _ message: String) {
      let message = message + "\n"
      let text = """
        HTTP/1.1 \(status.rawValue) \(status.phrase)\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Length: \(message.utf8.count)\r
        Connection: close\r
        \r
        \(message)
        """
      context?.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer(string: text))), promise: nil)
    }

    /// Completes a promise when everything that was written is on its way.
    func flush(_ promise: EventLoopPromise<Void>) {
      guard let context else { return promise.succeed() }
      context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: promise)
    }
  }

  /// A connection that is one too many: told so, and ended.
  final class RefusedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let edge: ConnectionEdge

    init(_ edge: ConnectionEdge) { self.edge = edge }

    func channelActive(context: ChannelHandlerContext) {
      edge.refuse(.unavailable, "too many connections; try again")
      context.close(mode: .output, promise: nil)
      // A client that is sending would lose the answer if the connection ended at once.
      context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(200)) {
        context.close(promise: nil)
      }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
  }
#endif
