#if Pages
  /// Serves databases at an address until it is stopped.
  package final class Server: Sendable {
    private let server: HTTPServer
    /// Where the first page is, for a browser on this machine.
    package let address: String

    /// The addresses of this machine alone.
    private static let loopback: Set<String> = ["127.0.0.1", "::1", "localhost"]

    /// Whether nobody but this machine reaches a host.
    package static func isLoopback(_ host: String) -> Bool { loopback.contains(host.lowercased()) }

    /// Begins to serve.
    ///
    /// - Parameters:
    ///   - databases: What is served, at least one.
    ///   - host: A name or number of this machine.
    ///   - port: The port; 0 for any that is free.
    ///   - token: What clients must know; nil: nothing.
    ///   - names: The names that clients may know this server by, besides numbers and localhost.
    ///   - material: What pages show that no database holds.
    ///   - limits: What clients may ask.
    /// - Throws: ``ServeError``.
    package init(
      _ databases: [ServedDatabase], host: String = "127.0.0.1", port: Int = 0,
      token: String? = nil,
      names: [String] = [], material: PageMaterial = PageMaterial(),
      limits: HTTPLimits = HTTPLimits()
    ) throws(ServeError) {
      guard token != nil || Self.isLoopback(host) else { throw .needsToken(host: host) }
      let site = Site(
        databases, access: try Access(token: token, hosts: names + [host]), material: material)
      server = try HTTPServer(host: host, port: port, limits: limits) { site.answer($0) }
      let shown = ["0.0.0.0", "::"].contains(host) ? "127.0.0.1" : host
      address = "http://\(shown.contains(":") ? "[\(shown)]" : shown):\(server.port)"
      server.start()
    }

    /// Takes no more requests, lets those that are under way end, and stops.
    ///
    /// - Parameter seconds: How long they may still take.
    package func stop(within seconds: Double = 0.8) { server.stop(within: seconds) }
  }
#endif
