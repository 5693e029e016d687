/// How much a client may ask of the server, and for how long.
package struct HTTPLimits: Sendable {
  /// The most bytes of a request's head.
  package var headBytes = 32 << 10
  /// The most lines of a request's head.
  package var headLines = 100
  /// The most connections at a time; each may have a thread.
  package var connections = 256
  /// How many open files connections leave to everything else: the server's own, the system's queues,
  /// two databases that are read, and connections that are refused.
  package var sparedFiles = 16
  /// How many seconds a head may take from its first byte to its last.
  package var headSeconds = 10.0
  /// How many seconds a connection may rest between two requests.
  package var idleSeconds = 75.0
  /// How many seconds a client may do nothing while it sends a body, or takes an answer.
  package var stallSeconds = 20.0
  /// The fewest bytes a second, on the whole, at which a body comes and an answer is taken.
  package var bytesPerSecond = 4096.0
  /// How many seconds the answer to one request may be worked on.
  package var requestSeconds = 30.0

  /// The limits as they usually are.
  package init() {}
}
