internal import Bytes
internal import Report

/// The style and the script of reports, for reports within pages.
enum ReportAsset: String, CaseIterable {
  case style = "report.css"
  case script = "report.js"

  var text: String {
    switch self {
    case .style: PageStyle.embedded
    case .script: PageScript.text
    }
  }

  private var type: String { self == .style ? "text/css" : "text/javascript" }

  private static let versions = Dictionary(
    uniqueKeysWithValues: allCases.map {
      ($0, String(ContentDigest.sha256(Array($0.text.utf8)).prefix(16)))
    })

  private var version: String { Self.versions[self] ?? "" }

  /// Where the file is.
  var address: String { "/static/report/\(rawValue)?v=\(version)" }

  /// The file, which a browser keeps as long as it is the same.
  func response(to request: HTTPRequest) -> HTTPResponse {
    let tag = "\"\(version)\""
    var response =
      request.header("if-none-match") == tag
      ? HTTPResponse(.notModified) : .text(text, type: type + "; charset=utf-8")
    response.headers += [
      HTTPHeader("ETag", tag),
      HTTPHeader(
        "Cache-Control",
        request.value("v") == version ? "max-age=31536000, immutable" : "no-cache"),
    ]
    return response
  }
}

extension HTML {
  /// The style of reports within pages.
  static let reportStyle: HTML = "<link rel=\"stylesheet\" href=\"\(ReportAsset.style.address)\">"
  /// The style of pages of images, studies and sweeps.
  static let recordsStyle: HTML =
    "<link rel=\"stylesheet\" href=\"\(AssetFile.recordsStyle.address)\">"
}
