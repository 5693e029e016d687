extension Visit {
  /// A page whose head is sent at once, and whose content follows when it is made.
  ///
  /// - Parameters:
  ///   - title: The title.
  ///   - head: What can be shown at once, below the title.
  ///   - isLive: Whether it is told when the database changes.
  ///   - scripts: What runs in it.
  ///   - content: Makes the rest; what it throws is said in its place.
  /// - Returns: The answer.
  func streamedPage(
    title: String, head: HTML, isLive: Bool = false, scripts: [AssetFile] = [],
    _ content: @escaping () throws -> HTML
  ) -> HTTPResponse {
    let marker = HTML(trusted: "<!-- rest -->")
    var response = page(title: title, "\(head)\n\(marker)", isLive: isLive, scripts: scripts)
    guard case .bytes(let bytes) = response.content else { return response }
    let whole = String(decoding: bytes, as: UTF8.self)
    guard let place = whole.firstRange(of: marker.text) else { return response }
    let (first, last) = (whole[..<place.lowerBound], whole[place.upperBound...])
    response.content = .stream(length: nil) { sink in
      try sink.write(Array(first.utf8))
      var rest: HTML
      do {
        rest = try content()
      } catch {
        rest = .alert(HTTPFailure(of: error).message)
      }
      try sink.write(Array(rest.text.utf8) + Array(last.utf8))
    }
    return response
  }
}
