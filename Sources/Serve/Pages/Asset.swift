internal import Bytes

/// A file that pages refer to, kept in the program.
struct Asset: Sendable {
  let name: String
  let type: String
  let text: String
  /// Names the content, so that a browser keeps it until it is another.
  let version: String

  init(_ name: String, type: String, _ text: String) {
    (self.name, self.type, self.text) = (name, type, text)
    version = String(ContentDigest.sha256(Array(text.utf8)).prefix(16))
  }

  /// Where it is.
  var address: String { "/static/\(name)?v=\(version)" }

  static let style = Asset("assay.css", type: "text/css; charset=utf-8", SiteStyle.sheet)
  static let script = Asset("assay.js", type: "text/javascript; charset=utf-8", SiteScript.text)

  static let all = [style, script]
}

extension Router {
  /// The files that pages refer to.
  mutating func addAssets() {
    on(.get, "/static/:name") { visit in
      let name = visit.request.parameter("name")
      guard let asset = Asset.all.first(where: { $0.name == name }) else {
        throw HTTPFailure(.notFound, "there is no file \(name) here")
      }
      let isNamed = visit.request.value("v") == asset.version
      let tag = "\"\(asset.version)\""
      var response =
        visit.request.header("if-none-match") == tag
        ? HTTPResponse(.notModified) : .text(asset.text, type: asset.type)
      response.headers += [
        HTTPHeader("ETag", tag),
        HTTPHeader("Cache-Control", isNamed ? "max-age=31536000, immutable" : "no-cache"),
      ]
      return response
    }
  }
}
