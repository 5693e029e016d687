#if Pages
  internal import Bytes
  internal import Foundation
  internal import NIOCore
  internal import NIOPosix

  #if canImport(Glibc)
    internal import Glibc
  #else
    internal import Darwin
  #endif

  /// Listens on an address and answers HTTP 1.1.
  ///
  /// SwiftNIO receives and sends on one event loop; answers are made on threads. It has no TLS: that is a
  /// proxy's.
  package final class HTTPServer: Sendable {
    private let roster: ConnectionRoster
    private let listener: any Channel
    /// The port that it listens on.
    package let port: Int

    /// What receives and sends, two that answer, and the system's queues.
    private static let threads = 5
    /// What they need beside their stacks, in bytes.
    private static let memory = 16 << 20

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
      let limits = try Self.possible(limits)
      let roster = ConnectionRoster(limits, handler)
      self.roster = roster
      let bootstrap = ServerBootstrap(group: Self.loops)
        .serverChannelOption(.backlog, value: 128)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .serverChannelOption(.autoRead, value: false)
        .serverChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try ConnectionRoster.keepFromPrograms(channel)
            // Where descriptors or memory are short, others may soon give some back.
            try channel.pipeline.syncOperations.addHandler(
              AcceptBackoffHandler(shouldForwardIOErrorCaught: false) { _ in .milliseconds(20) })
          }
        }
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try roster.take(channel) }
        }
      listener = try Self.bind(bootstrap, host: host, port: port)
      self.port = listener.localAddress?.port ?? port
    }

    deinit { listener.close(promise: nil) }

    /// The limits with as many connections as open files allow.
    ///
    /// SwiftNIO ends the process where it gets no descriptor or no thread for its loop.
    ///
    /// - Throws: ``ServeError/short(_:)`` if they allow no server.
    private static func possible(_ limits: HTTPLimits) throws(ServeError) -> HTTPLimits {
      do throws(Shortage) {
        try ProcessRoom.check(threads: threads, memory: memory)
        let files = ProcessRoom.openFiles(atMost: limits.sparedFiles + limits.connections)
        guard files > limits.sparedFiles else { throw .openFiles }
        var limits = limits
        limits.connections = files - limits.sparedFiles
        return limits
      } catch {
        throw .short(error)
      }
    }

    /// One thread receives and sends for all servers of the process, to its end.
    private static let loops: MultiThreadedEventLoopGroup = {
      let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
      keepEventPollsFromPrograms()
      makeQueueDescriptors()
      return group
    }()

    /// SwiftNIO's descriptor of events is one that programs would inherit which are started meanwhile.
    private static func keepEventPollsFromPrograms() {
      let folder = "/proc/self/fd"
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
        if target == "anon_inode:[eventpoll]", let descriptor = Int32(name) {
          _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
      }
    }

    /// The system's queues open theirs for the first deadline, and end the process where clients'
    /// connections have left them none.
    private static func makeQueueDescriptors() {
      let made = DispatchSemaphore(value: 0)
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(1)) { made.signal() }
      made.wait()
    }

    private static func bind(
      _ bootstrap: ServerBootstrap, host: String, port: Int
    ) throws(ServeError) -> any Channel {
      // A name may stand for a number that this machine has not.
      let numbers = host == "localhost" ? [host, "127.0.0.1"] : [host]
      var reason = ""
      for number in numbers {
        do {
          return try bootstrap.bind(host: number, port: port).wait()
        } catch let error as IOError {
          reason = String(cString: strerror(error.errnoCode))
        } catch is SocketAddressError {
          reason = "there is no such host"
        } catch {
          reason = "\(error)"
        }
      }
      throw .cannotListen(host: host, port: port, reason: reason)
    }

    /// Begins to answer.
    package func start() {
      listener.setOption(.autoRead, value: true).whenComplete { _ in }
    }

    /// Takes no more connections, waits for the requests that are under way, and ends.
    ///
    /// - Parameter seconds: How long requests may still take; after that they are cut off.
    package func stop(within seconds: Double) {
      let end = ContinuousClock.now + .seconds(seconds)
      try? listener.close().wait()
      roster.stop(at: end)
    }
  }
#endif
