internal import Tracker

extension Site {
  /// What a client is told of a failure: a page for a browser, JSON for a program.
  func failurePage(for failure: HTTPFailure, _ visit: Visit) -> HTTPResponse {
    let request = visit.request
    var response: HTTPResponse
    if Self.isInterface(request) {
      response = .json(
        .object([
          "error_code": .string(failure.code ?? Self.code(of: failure.status)),
          "message": .string(failure.message),
        ]), failure.status)
    } else if failure.status == .unauthorized, request.method == .get, request.prefersHTML {
      let target = request.path.isEmpty ? nil : request.address
      response = .seeOther(address(of: databases[0], ["sign-in"], [("to", target)]))
    } else if request.prefersHTML {
      response = visit.page(
        title: failure.status.phrase,
        "<p class=\"lead\">\(failure.message)</p>", status: failure.status)
    } else if request.header("accept")?.contains("json") == true {
      response = .json(.object(["error": .string(failure.message)]), failure.status)
    } else {
      response = .text(failure.message + "\n", failure.status)
    }
    response.headers += failure.headers
    if failure.status == .unauthorized {
      response.headers.append(HTTPHeader("WWW-Authenticate", "Bearer realm=\"assay\""))
    }
    return response
  }

  /// Whether an address is of the interface that MLflow's clients speak.
  private static func isInterface(_ request: HTTPRequest) -> Bool {
    let path = request.path.first == "ajax-api" ? ["api"] + request.path.dropFirst() : request.path
    return path.first == "api" || path.first == "v1"
  }

  private static func code(of status: HTTPStatus) -> String {
    switch status {
    case .notFound, .methodNotAllowed: "ENDPOINT_NOT_FOUND"
    case .unauthorized: "UNAUTHENTICATED"
    case .forbidden, .misdirected: "PERMISSION_DENIED"
    case .conflict: "RESOURCE_CONFLICT"
    case .internalError: "INTERNAL_ERROR"
    case .unavailable: "TEMPORARILY_UNAVAILABLE"
    case .notImplemented: "NOT_IMPLEMENTED"
    default: "INVALID_PARAMETER_VALUE"
    }
  }
}

extension HTTPRequest {
  /// Whether the client shows pages to a person.
  var prefersHTML: Bool { header("accept")?.contains("text/html") ?? false }
}

extension HTTPResponse {
  /// A JSON value.
  static func json(_ value: JSONValue, _ status: HTTPStatus = .ok) -> HTTPResponse {
    .text(value.canonical, status, type: "application/json")
  }
}
