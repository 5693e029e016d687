package import Bytes

/// Why nothing can be served.
package enum ServeError: Error, Equatable, CustomStringConvertible {
  /// The address cannot be listened on.
  case cannotListen(host: String, port: Int, reason: String)
  /// The address can be reached by others, and nothing would keep them out.
  case needsToken(host: String)
  /// The token could be guessed.
  case weakToken(fewest: Int)
  /// The system's limits leave too little for a server.
  case short(Shortage)

  package var description: String {
    switch self {
    case .cannotListen(let host, let port, let reason):
      "cannot listen on \(host), port \(port): \(reason)"
    case .needsToken(let host):
      "others could read everything at \(host), which is not this machine alone, without a token"
    case .weakToken(let fewest): "a token has \(fewest) characters or more, without spaces"
    case .short(let shortage): "\(shortage)"
    }
  }
}
