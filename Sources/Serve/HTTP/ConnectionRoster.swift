#if Pages
  internal import Foundation
  internal import NIOCore
  internal import NIOHTTP1
  internal import Synchronization

  #if canImport(Glibc)
    internal import Glibc
  #else
    internal import Darwin
  #endif

  /// The connections that are open to a server.
  final class ConnectionRoster: Sendable {
    private let limits: HTTPLimits
    private let workers = Workers()
    private let state: Mutex<State>

    private struct State {
      /// Answers; nil once the server has stopped, so that what it answers from is closed by then.
      var handler: HTTPConnection.Handler?
      var end: ContinuousClock.Instant?
      var nextNumber = 0
      var connections: [Int: NIOLoopBound<HTTPConnection>] = [:]
    }

    init(_ limits: HTTPLimits, _ handler: @escaping HTTPConnection.Handler) {
      self.limits = limits
      state = Mutex(State(handler: handler))
    }

    /// Takes a connection that a client has opened.
    func take(_ channel: any Channel) throws {
      try Self.keepFromPrograms(channel)
      let pipeline = channel.pipeline.syncOperations
      let handler = state.withLock { state in
        state.connections.count < limits.connections ? state.handler : nil
      }
      guard let handler else {
        let edge = ConnectionEdge()
        return try pipeline.addHandlers(edge, RefusedConnection(edge))
      }
      let connection = HTTPConnection(
        on: channel.eventLoop, limits: limits, workers: workers, handler: handler)
      var encoding = HTTPResponseEncoder.Configuration()
      encoding.automaticallySetFramingHeaders = false
      var parsing = NIOHTTPDecoderLimitConfiguration()
      parsing.maxHeaderFieldSize = limits.headBytes
      parsing.maxHeaderListSize = limits.headBytes
      parsing.maxHeaderFieldCount = limits.headLines
      try pipeline.addHandlers(
        connection.edge, HTTPResponseEncoder(configuration: encoding),
        ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: parsing)),
        HTTPServerPipelineHandler(), connection)
      register(connection, on: channel)
    }

    private func register(_ connection: HTTPConnection, on channel: any Channel) {
      let bound = NIOLoopBound(connection, eventLoop: channel.eventLoop)
      let (number, end) = state.withLock { state in
        state.nextNumber += 1
        state.connections[state.nextNumber] = bound
        return (state.nextNumber, state.end)
      }
      channel.closeFuture.whenComplete { [self] _ in
        state.withLock { _ = $0.connections.removeValue(forKey: number) }
      }
      if let end { Self.stop(bound, at: end) }
    }

    private static func stop(
      _ connection: NIOLoopBound<HTTPConnection>, at end: ContinuousClock.Instant
    ) {
      connection.eventLoop.execute {
        connection.value.peer.stop(at: end)
        connection.value.stop()
      }
    }

    /// Has connections end with what is under way, and waits for them.
    ///
    /// - Parameter end: When they are cut off.
    func stop(at end: ContinuousClock.Instant) {
      let connections = state.withLock { state in
        state.end = end - .milliseconds(100)
        return Array(state.connections.values)
      }
      for connection in connections { Self.stop(connection, at: end - .milliseconds(100)) }
      while ContinuousClock.now < end, state.withLock({ !$0.connections.isEmpty }) { usleep(2000) }
      let late = state.withLock { state in
        state.handler = nil
        return Array(state.connections.values)
      }
      for connection in late { connection.eventLoop.execute { connection.value.cut() } }
    }

    /// Programs that are started meanwhile must not hold clients' connections open.
    static func keepFromPrograms(_ channel: any Channel) throws {
      try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
        of: NIOBSDSocket.Handle.self
      ) { _ = fcntl($0, F_SETFD, FD_CLOEXEC) }
    }
  }
#endif
