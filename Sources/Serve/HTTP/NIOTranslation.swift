#if Pages
  internal import NIOHTTP1

  extension RequestHead {
    /// Reads a head.
    ///
    /// - Throws: ``HTTPFailure``.
    init(_ head: HTTPRequestHead) throws(HTTPFailure) {
      guard head.version.major == 1, head.version.minor < 2 else {
        throw HTTPFailure(parsing: .invalidVersion)
      }
      try self.init(
        method: head.method.rawValue, target: head.uri, isModern: head.version.minor == 1,
        headers: head.headers.map { HTTPHeader($0.name, $0.value) })
    }
  }

  extension HTTPFailure {
    /// What is told of bytes that are no request.
    init(parsing error: HTTPParserError) {
      self =
        switch error {
        case .invalidMethod: HTTPFailure(.notImplemented, "there is no such method here")
        case .invalidVersion:
          HTTPFailure(.unknownVersion, "HTTP 1.0 and 1.1 are spoken here alone")
        case .headerOverflow:
          HTTPFailure(.headTooLarge, "the head of the request is larger than may be")
        case .invalidHeaderToken:
          HTTPFailure(.badRequest, "a line of the request's head is no header")
        case .invalidContentLength, .unexpectedContentLength:
          HTTPFailure(.badRequest, "it is not clear how long the request's body is")
        case .invalidEOFState: HTTPFailure(.badRequest, "the request is not whole")
        default: HTTPFailure(.badRequest, "that is no request of HTTP")
        }
    }
  }

  extension HTTPResponseStatus {
    init(_ status: HTTPStatus) {
      self = .custom(code: UInt(status.rawValue), reasonPhrase: status.phrase)
    }
  }
#endif
