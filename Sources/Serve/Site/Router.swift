/// Finds who answers a request, by its method and its path.
package struct Router: Sendable {
  /// Answers a request.
  package typealias Handler = @Sendable (Visit) throws -> HTTPResponse

  private struct Route: Sendable {
    let method: HTTPMethod
    let pattern: [String]
    let handler: Handler
  }

  private var routes: [Route] = []

  /// Answers nothing yet.
  package init() {}

  /// Adds who answers.
  ///
  /// - Parameters:
  ///   - method: The method.
  ///   - pattern: The path, such as "/runs/:run": a name behind a colon stands for any name there. A
  ///     star at the end stands for all names that follow, if any.
  ///   - handler: Answers.
  package mutating func on(_ method: HTTPMethod, _ pattern: String, _ handler: @escaping Handler) {
    let names = pattern.split(separator: "/").map(String.init)
    routes.append(Route(method: method, pattern: names, handler: handler))
  }

  /// Answers a request.
  ///
  /// - Throws: ``HTTPFailure`` of status 404 or 405 if nobody does; what the handler throws.
  func answer(_ visit: Visit) throws -> HTTPResponse {
    let method = visit.request.method == .head ? HTTPMethod.get : visit.request.method
    var allowed: [HTTPMethod] = []
    for route in routes {
      guard let (parameters, rest) = Self.match(route.pattern, visit.request.path) else { continue }
      guard route.method == method else {
        allowed.append(route.method)
        continue
      }
      var visit = visit
      (visit.request.parameters, visit.request.rest) = (parameters, rest)
      return try route.handler(visit)
    }
    guard !allowed.isEmpty else {
      throw HTTPFailure(.notFound, "there is nothing at \(visit.request.address)")
    }
    let names = Set(allowed.map(\.rawValue)).sorted().joined(separator: ", ")
    throw HTTPFailure(
      .methodNotAllowed, "\(visit.request.address) takes \(names) alone",
      headers: [HTTPHeader("Allow", names)])
  }

  private static func match(
    _ pattern: [String], _ path: [String]
  ) -> (parameters: [String: String], rest: [String])? {
    let isOpen = pattern.last == "*"
    let fixed = isOpen ? pattern.dropLast() : pattern[...]
    guard isOpen ? path.count >= fixed.count : path.count == fixed.count else { return nil }
    var parameters: [String: String] = [:]
    for (expected, name) in zip(fixed, path) {
      if expected.hasPrefix(":") {
        parameters[String(expected.dropFirst())] = name
      } else if expected != name {
        return nil
      }
    }
    return (parameters, Array(path.dropFirst(fixed.count)))
  }
}
