internal import Synchronization

/// One client's requests, one after another, on a thread of their own.
final class HTTPConnection: Sendable {
  typealias Handler = @Sendable (HTTPRequest) -> HTTPResponse

  let socket: PeerSocket
  private let limits: HTTPLimits
  private let handler: Handler
  /// When what is under way must end, since the server does; nil while it goes on.
  private let end: Mutex<ContinuousClock.Instant?> = Mutex(nil)
  /// Whether a request is being read or answered.
  private let isBusy = Mutex(false)

  init(_ descriptor: Int32, limits: HTTPLimits, handler: @escaping Handler) {
    socket = PeerSocket(descriptor)
    self.limits = limits
    self.handler = handler
  }

  /// Has the connection end: at once if it rests, else when its request is answered, or the time is
  /// over.
  func stop(at time: ContinuousClock.Instant) {
    end.withLock { $0 = time }
    isBusy.withLock { if !$0 { socket.end() } }
  }

  private var isStopping: Bool { end.withLock { $0 != nil } }

  /// Answers requests until one of both sides ends.
  func run() {
    var input = PeerInput(socket)
    while !isStopping {
      do {
        try input.waitForByte(until: .now + .seconds(limits.idleSeconds))
      } catch {
        return
      }
      guard
        isBusy.withLock({ busy in
          busy = true
          return !isStopping
        })
      else { return }
      let goesOn = answer(&input)
      isBusy.withLock { $0 = false }
      guard goesOn else { return leave(&input) }
    }
  }

  /// Reads and answers one request.
  ///
  /// - Returns: Whether another may follow.
  private func answer(_ input: inout PeerInput) -> Bool {
    let head: RequestHead
    do {
      guard let bytes = try input.head(limits) else { return false }
      head = try RequestHead(bytes)
    } catch {
      // The client is told, and no more is read: where the next request begins is not known.
      let writer = ResponseWriter(
        socket, limits, isModern: true, sendsContent: true, keepsOpen: false, isOver: { false })
      try? writer.send(.text(error.message + "\n", error.status))
      return false
    }
    let deadline = ContinuousClock.now + .seconds(limits.requestSeconds)
    let body = BodyReader(head, socket, limits, input)
    let request = HTTPRequest(
      method: head.method, path: head.path, query: head.query, headers: head.headers,
      body: HTTPBody(length: body.length, read: body.next), deadline: deadline,
      isOver: { [self] in .now > min(deadline, end.withLock { $0 } ?? deadline) })
    let response = handler(request)
    let asksToClose = request.header("connection")?.lowercased().contains("close") ?? !head.isModern
    let keepsOpen = !asksToClose && body.isDrained(request.body) && !isStopping
    let writer = ResponseWriter(
      socket, limits, isModern: head.isModern, sendsContent: head.method != .head,
      keepsOpen: keepsOpen,
      isOver: { [self] in isStopping || socket.isAbandoned })
    input = body.input
    do {
      try writer.send(response)
      return keepsOpen && writer.isWhole
    } catch {
      return false
    }
  }

  /// Ends the connection so that the last answer arrives, though the client may still be sending.
  private func leave(_ input: inout PeerInput) {
    socket.endSending()
    let deadline = ContinuousClock.now + .seconds(isStopping ? 0.1 : 2)
    var rest = 64 << 20
    while rest > 0, let count = try? input.discard(until: deadline) { rest -= count }
    socket.end()
  }
}
