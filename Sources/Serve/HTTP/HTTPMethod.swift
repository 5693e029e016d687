/// What a request asks for.
package enum HTTPMethod: String, Sendable, CaseIterable {
  /// To read.
  case get = "GET"
  /// To read the head of an answer alone.
  case head = "HEAD"
  /// To do something.
  case post = "POST"
  /// To store what comes.
  case put = "PUT"
  /// To change a part.
  case patch = "PATCH"
  /// To remove.
  case delete = "DELETE"
  /// To tell which methods there are.
  case options = "OPTIONS"

  /// Whether it only reads.
  package var isReading: Bool { self == .get || self == .head || self == .options }
}
