internal import Foundation
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Listens on an address and answers HTTP 1.1, a thread for each connection.
///
/// Answers come from SQLite, which is asked on the thread that waits for them, so tasks would only
/// wait for threads. It has no TLS: that is a proxy's.
package final class HTTPServer: Sendable {
  private let limits: HTTPLimits
  private let listener: Int32
  /// The port that it listens on.
  package let port: Int
  private let state: Mutex<State>

  private struct State {
    /// Answers; nil once the server has stopped, so that what it answers from is closed by then, though
    /// the thread that accepts connections notices later.
    var handler: HTTPConnection.Handler?
    var isStopping = false
    var nextNumber = 0
    var connections: [Int: HTTPConnection] = [:]
  }

  /// Binds an address; nobody is answered before ``start()``.
  ///
  /// - Parameters:
  ///   - host: A name or number of this machine.
  ///   - port: The port; 0 for any that is free.
  ///   - limits: What clients may ask.
  ///   - handler: Answers; called on many threads at a time.
  /// - Throws: ``ServeError``.
  package init(
    host: String, port: Int, limits: HTTPLimits = HTTPLimits(),
    handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) throws(ServeError) {
    self.limits = limits
    state = Mutex(State(handler: handler))
    let (descriptor, bound) = try Self.listen(host: host, port: port)
    (listener, self.port) = (descriptor, bound)
  }

  deinit { close(listener) }

  /// Begins to answer, on threads of its own.
  package func start() {
    Thread.detachNewThread { self.acceptConnections() }
  }

  /// Takes no more connections, waits for the requests that are under way, and ends.
  ///
  /// - Parameter seconds: How long requests may still take; after that they are cut off.
  package func stop(within seconds: Double) {
    let end = ContinuousClock.now + .seconds(seconds)
    let connections = state.withLock { state in
      state.isStopping = true
      return Array(state.connections.values)
    }
    shutdown(listener, Int32(SHUT_RDWR))
    for connection in connections { connection.stop(at: end - .milliseconds(100)) }
    while ContinuousClock.now < end, state.withLock({ !$0.connections.isEmpty }) { usleep(2000) }
    state.withLock { state in
      for connection in state.connections.values { connection.socket.end() }
      state.handler = nil
    }
  }

  private func acceptConnections() {
    while !state.withLock({ $0.isStopping }) {
      let descriptor = accept(listener, nil, nil)
      guard descriptor >= 0 else {
        // Where descriptors or memory are short, others may soon give some back.
        if errno != EINTR { usleep(20_000) }
        continue
      }
      // Programs that are started meanwhile must not hold clients' connections open.
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      guard let handler = state.withLock({ $0.handler }) else {
        close(descriptor)
        return
      }
      let connection = HTTPConnection(descriptor, limits: limits, handler: handler)
      guard let number = register(connection) else { continue }
      Thread.detachNewThread {
        connection.run()
        self.state.withLock { _ = $0.connections.removeValue(forKey: number) }
      }
    }
  }

  /// Counts a connection among those that are open; nil if there are too many, or the server ends.
  private func register(_ connection: HTTPConnection) -> Int? {
    let number: Int? = state.withLock { state in
      guard !state.isStopping, state.connections.count < limits.connections else { return nil }
      state.nextNumber += 1
      state.connections[state.nextNumber] = connection
      return state.nextNumber
    }
    if number == nil {
      let writer = ResponseWriter(
        connection.socket, limits, isModern: true, sendsContent: true, keepsOpen: false,
        isOver: { false })
      let response = HTTPResponse.text("too many connections; try again\n", .unavailable)
      // It fits the socket's buffer, so this does not wait.
      try? writer.send(response)
    }
    return number
  }

  private static func listen(
    host: String, port: Int
  ) throws(ServeError) -> (descriptor: Int32, port: Int) {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &list)
    guard code == 0, let list else {
      throw .cannotListen(host: host, port: port, reason: String(cString: gai_strerror(code)))
    }
    defer { freeaddrinfo(list) }
    var number: Int32 = 0
    for entry in sequence(first: list, next: { $0.pointee.ai_next }) {
      let address = entry.pointee
      let descriptor = socket(
        address.ai_family, address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
      guard descriptor >= 0 else {
        number = errno
        continue
      }
      var isOn: Int32 = 1
      setsockopt(
        descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
      #if canImport(Glibc)
        let isListening =
          bind(descriptor, address.ai_addr, address.ai_addrlen) == 0
          && Glibc.listen(descriptor, 128) == 0
      #else
        let isListening =
          bind(descriptor, address.ai_addr, address.ai_addrlen) == 0
          && Darwin.listen(descriptor, 128) == 0
      #endif
      if isListening, let bound = Self.port(of: descriptor) { return (descriptor, bound) }
      number = errno
      close(descriptor)
    }
    throw .cannotListen(host: host, port: port, reason: String(cString: strerror(number)))
  }

  private static func port(of descriptor: Int32) -> Int? {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let code = withUnsafeMutableBytes(of: &storage) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) { getsockname(descriptor, $0.baseAddress, &size) }
    }
    guard code == 0 else { return nil }
    // The port is at the same place in addresses of both kinds.
    return withUnsafeBytes(of: storage) { Int($0[2]) << 8 | Int($0[3]) }
  }
}
