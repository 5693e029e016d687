#if Pages
  internal import Dispatch
  internal import NIOCore
  internal import Synchronization

  /// An answer on its way from the thread that makes it to the event loop, which sends it.
  final class OutgoingAnswer: HTTPSink, Sendable {
    private let loop: any EventLoop
    private let connection: NIOLoopBound<HTTPConnection>
    private let exchange: NIOLoopBound<HTTPConnection.Exchange>
    private let peer: Peer
    private let hasContent: Bool
    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)

    private struct State {
      /// How many bytes were handed over and have not been taken by the client's side.
      var waiting = 0
      var isBroken = false
      /// How many bytes of content are still due; nil where only their end tells.
      var due: Int?
    }

    /// The client takes no more.
    struct Refused: Error {}

    /// So many bytes wait to be taken at most.
    private static let most = 256 << 10
    /// So many go at a time: one that is not taken for long ends the connection.
    private static let piece = 64 << 10

    /// Prepares an answer, on the connection's event loop.
    init(to exchange: HTTPConnection.Exchange, of connection: HTTPConnection, hasContent: Bool) {
      loop = connection.loop
      self.connection = NIOLoopBound(connection, eventLoop: connection.loop)
      self.exchange = NIOLoopBound(exchange, eventLoop: connection.loop)
      (peer, self.hasContent) = (connection.peer, hasContent)
    }

    /// Sends it, and waits until the client has taken nearly all of what is made while it is sent.
    func send(_ response: HTTPResponse) {
      let (status, headers) = (response.status, response.headers)
      switch response.content {
      case .bytes(let bytes):
        loop.execute { [self] in
          connection.value.begin(exchange.value, status, headers, length: bytes.count)
          if hasContent, status.hasContent {
            var rest = ByteBuffer(bytes: bytes)
            while let part = rest.readSlice(length: min(rest.readableBytes, Self.piece)),
              part.readableBytes > 0
            {
              connection.value.write(part, of: exchange.value) { _ in }
            }
          }
          connection.value.end(exchange.value, isWhole: true)
        }
      case .stream(let length, let make):
        loop.execute { [self] in
          connection.value.begin(exchange.value, status, headers, length: length)
        }
        state.withLock { $0.due = length }
        var isWhole = !hasContent
        if hasContent {
          do {
            try make(self)
            isWhole = state.withLock { $0.due ?? 0 } == 0
          } catch {
            isWhole = false
          }
        }
        loop.execute { [self, isWhole] in
          connection.value.end(exchange.value, isWhole: isWhole)
        }
      }
    }

    func write(_ bytes: [UInt8]) throws {
      var rest = bytes[...]
      while !rest.isEmpty {
        let part = ByteBuffer(bytes: rest.prefix(Self.piece))
        rest = rest.dropFirst(Self.piece)
        try takeRoom(part.readableBytes)
        loop.execute { [self] in
          connection.value.write(part, of: exchange.value) { [self] isSent in
            state.withLock { state in
              state.waiting -= part.readableBytes
              if !isSent { state.isBroken = true }
            }
            news.signal()
          }
        }
      }
    }

    var isOver: Bool { peer.isAbandoned }

    private func takeRoom(_ count: Int) throws {
      while true {
        let hasRoom = try state.withLock { state in
          if let due = state.due, due < count { throw Refused() }
          guard !state.isBroken, !peer.isGone else { throw Refused() }
          guard state.waiting < Self.most else { return false }
          state.waiting += count
          state.due = state.due.map { $0 - count }
          return true
        }
        if hasRoom { return }
        news.wait()
      }
    }
  }
#endif
