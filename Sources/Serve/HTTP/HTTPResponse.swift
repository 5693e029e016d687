/// What a client is told.
package struct HTTPResponse {
  /// How it went.
  package var status: HTTPStatus
  /// The lines of its head, without those about its length.
  package var headers: [HTTPHeader]
  /// What follows the head.
  package var content: Content

  /// What follows a response's head.
  package enum Content {
    /// Bytes.
    case bytes([UInt8])
    /// Bytes that are made while they are sent; so many, or nil where only their end tells.
    case stream(length: Int?, (any HTTPSink) throws -> Void)
  }

  /// Puts a response together.
  package init(
    _ status: HTTPStatus = .ok, headers: [HTTPHeader] = [], content: Content = .bytes([])
  ) {
    self.status = status
    self.headers = headers
    self.content = content
  }

  /// Some text.
  package static func text(
    _ text: String, _ status: HTTPStatus = .ok, type: String = "text/plain; charset=utf-8"
  ) -> HTTPResponse {
    HTTPResponse(
      status, headers: [HTTPHeader("Content-Type", type)], content: .bytes(Array(text.utf8)))
  }

  /// Sends the client to another page.
  package static func seeOther(_ address: String) -> HTTPResponse {
    HTTPResponse(.seeOther, headers: [HTTPHeader("Location", address)])
  }

  /// The value of a header; nil if it has none of that name.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// Takes the bytes of an answer while it is made.
package protocol HTTPSink {
  /// Sends bytes.
  ///
  /// - Throws: An error if the client takes no more.
  func write(_ bytes: [UInt8]) throws

  /// Whether nobody waits for more.
  var isOver: Bool { get }
}
