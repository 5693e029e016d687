extension Router {
  /// The form that asks for the token.
  mutating func addSignIn() {
    on(.get, "/sign-in") { visit in visit.signIn(message: nil) }
    on(.post, "/sign-in") { visit in
      let text = String(decoding: try visit.request.body.bytes(atMost: 16 << 10), as: UTF8.self)
      let form = try PercentCoding.form(text)
      let token = form.first { $0.name == "token" }?.value ?? ""
      guard visit.site.access.isToken(token.trimming(\.isWhitespace)) else {
        return visit.signIn(message: "That is not the token.", status: .forbidden)
      }
      // Only pages of this server follow: a path that is no other host's.
      let wanted = form.first { $0.name == "to" }?.value ?? "/"
      let target = try? RequestHead.parts(of: wanted)
      var response = HTTPResponse.seeOther(
        target.map { "/" + $0.path.map(PercentCoding.encoded).joined(separator: "/") } ?? "/")
      response.headers.append(visit.site.access.sessionCookie)
      return response
    }
  }
}

extension Visit {
  fileprivate func signIn(message: String?, status: HTTPStatus = .ok) -> HTTPResponse {
    let note = message.map { text -> HTML in "<p role=\"alert\" class=\"state failed\">\(text)</p>"
    }
    return page(
      title: "Sign in",
      """
      \(note ?? .empty)
      <form method="post" action="/sign-in">
      <input type="hidden" name="to" value="\(request.value("to") ?? "/")">
      <p><label for="token">The token that the server was started with</label>
      <input id="token" name="token" type="password" autocomplete="current-password" required></p>
      <p><button>Sign in</button></p>
      </form>
      """, status: status)
  }
}
