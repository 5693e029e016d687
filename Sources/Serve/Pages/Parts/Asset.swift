internal import Bytes

/// A file that pages refer to, kept in the program.
struct Asset: Sendable {
  let file: AssetFile
  /// Names the content, so that a browser keeps it until it is another.
  let version: String

  private init(_ file: AssetFile) {
    self.file = file
    version = String(ContentDigest.sha256(Array(file.text.utf8)).prefix(16))
  }

  /// All files by name.
  static let all = Dictionary(
    uniqueKeysWithValues: AssetFile.allCases.map { ($0.rawValue, Asset($0)) })

  var type: String {
    (file.rawValue.hasSuffix(".css") ? "text/css" : "text/javascript") + "; charset=utf-8"
  }
}

extension AssetFile {
  /// Where the file is.
  var address: String {
    "/static/\(rawValue)" + (Asset.all[rawValue].map { "?v=\($0.version)" } ?? "")
  }
}

extension Router {
  /// The files that pages refer to.
  mutating func addAssets() {
    on(.get, "/static/:name") { visit in
      let name = visit.request.parameter("name")
      guard let asset = Asset.all[name] else {
        throw HTTPFailure(.notFound, "there is no file \(name) here")
      }
      let isNamed = visit.request.value("v") == asset.version
      let tag = "\"\(asset.version)\""
      var response =
        visit.request.header("if-none-match") == tag
        ? HTTPResponse(.notModified) : .text(asset.file.text, type: asset.type)
      response.headers += [
        HTTPHeader("ETag", tag),
        HTTPHeader("Cache-Control", isNamed ? "max-age=31536000, immutable" : "no-cache"),
      ]
      return response
    }
  }
}
