internal import Bytes
internal import Foundation

/// Who may ask: the owner of a token, or whoever is on this machine where there is none.
package struct Access: Sendable {
  private let token: String?
  private let hosts: Set<String>
  /// What a browser shows once its user has signed in; another one each time that the server starts.
  private let session: String

  /// The fewest characters of a token.
  package static let fewestCharacters = 16

  /// Describes who may ask.
  ///
  /// - Parameters:
  ///   - token: What clients must know; nil: nothing.
  ///   - hosts: The names that clients may know this server by, besides numbers and localhost.
  /// - Throws: ``ServeError/weakToken(fewest:)``.
  package init(token: String?, hosts: [String] = []) throws(ServeError) {
    if let token {
      guard token.count >= Self.fewestCharacters, !token.contains(where: \.isWhitespace) else {
        throw .weakToken(fewest: Self.fewestCharacters)
      }
    }
    self.token = token
    self.hosts = Set(hosts.map { $0.lowercased() })
    var generator = SystemRandomNumberGenerator()
    session = (0..<4).map { _ in String(generator.next() as UInt64, radix: 36) }.joined()
  }

  /// The cookie that a browser shows once its user has signed in.
  package static let cookie = "assay_session"

  /// Whether clients must sign in.
  var needsToken: Bool { token != nil }

  /// Makes sure that a client may ask.
  ///
  /// - Throws: ``HTTPFailure``.
  func check(_ visit: Visit) throws(HTTPFailure) {
    let request = visit.request
    let host = request.header("host") ?? "localhost"
    // A page elsewhere may have its name lead here (DNS rebinding); it then still asks by its name.
    guard isKnown(host) else {
      throw HTTPFailure(
        .misdirected, "this server is not known as \(host.prefix(100))",
        remedy: visit.site.material.remedies.unknownName, code: "PERMISSION_DENIED")
    }
    if let origin = request.header("origin"), !request.method.isReading || origin != "null" {
      guard Self.host(ofOrigin: origin) == host.lowercased() else {
        throw HTTPFailure(.forbidden, "another site's pages may not ask this server")
      }
    }
    if !request.method.isReading, let site = request.header("sec-fetch-site"),
      site != "same-origin", site != "none"
    {
      throw HTTPFailure(.forbidden, "another site's pages may not ask this server")
    }
    guard token != nil, !Self.isOpen(request) else { return }
    guard knowsToken(request) else {
      throw HTTPFailure(.unauthorized, "this server wants its token: Authorization: Bearer TOKEN")
    }
  }

  /// Whether a text is the token, compared in the same time whatever it is.
  func isToken(_ text: String) -> Bool { token.map { Self.isEqual($0, text) } ?? false }

  /// What a browser gets whose user has signed in.
  var sessionCookie: HTTPHeader {
    HTTPHeader(
      "Set-Cookie", "\(Self.cookie)=\(session); Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000")
  }

  private func knowsToken(_ request: HTTPRequest) -> Bool {
    if let cookie = request.cookie(Self.cookie), Self.isEqual(session, cookie) { return true }
    guard let words = request.header("authorization")?.split(separator: " ", maxSplits: 1),
      words.count == 2
    else { return false }
    switch words[0].lowercased() {
    case "bearer": return isToken(String(words[1]))
    case "basic":
      // Clients that know users alone give the token as the password of any.
      guard let data = Data(base64Encoded: String(words[1])) else { return false }
      let parts = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1)
      return parts.count == 2 && isToken(String(parts[1]))
    default: return false
    }
  }

  /// Digests are of one length, and which of their bytes differ tells nothing of the texts.
  private static func isEqual(_ left: String, _ right: String) -> Bool {
    let digests = [left, right].map { ContentDigest.sha256(Array($0.utf8)).utf8 }
    return zip(digests[0], digests[1]).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }

  /// What is shown before a user has signed in.
  private static func isOpen(_ request: HTTPRequest) -> Bool {
    ["sign-in", "static", "health"].contains(request.path.first)
  }

  private func isKnown(_ host: String) -> Bool {
    var name = host.lowercased()[...]
    if name.hasPrefix("[") {
      // A number of IPv6, which no name leads to.
      return name.contains("]")
    }
    if let colon = name.lastIndex(of: ":") { name = name[..<colon] }
    if name.hasSuffix(".") { name.removeLast() }
    if name == "localhost" || name.hasSuffix(".localhost") || hosts.contains(String(name)) {
      return true
    }
    let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers.allSatisfy { UInt8($0) != nil }
  }

  private static func host(ofOrigin origin: String) -> String? {
    guard let mark = origin.firstRange(of: "://") else { return nil }
    return origin[mark.upperBound...].lowercased()
  }
}
