import Foundation

/// What keeps the files from being embedded; ends the build.
struct EmbeddingError: Error, CustomStringConvertible {
  let description: String
}

/// A style sheet or a script.
struct AssetSource {
  let name: String
  let text: String

  init(folder: String, name: String) throws {
    self.name = name
    text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
    guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == ".") }),
      name.count(where: { $0 == "." }) == 1
    else { throw EmbeddingError(description: "Assets/\(name): a name is letters and its ending") }
    guard !text.contains("\"\"\"####") else {
      throw EmbeddingError(description: "Assets/\(name) holds what ends a text in Swift")
    }
  }

  /// The file's name as a Swift name: plot.js becomes plotScript, site.css siteStyle.
  var identifier: String {
    let parts = name.split(separator: ".")
    return parts[0] + (parts[1] == "css" ? "Style" : "Script")
  }
}

func source(of files: [AssetSource]) -> String {
  let cases = files.map { "  case \($0.identifier) = \"\($0.name)\"\n" }
  let texts = files.map { "    case .\($0.identifier): ####\"\"\"\n\($0.text)\n\"\"\"####\n" }
  return """
    /// The style sheets and scripts of pages, from the folder Assets.
    package enum AssetFile: String, CaseIterable, Sendable {
    \(cases.joined())
      /// The file's text.
      package var text: String {
        switch self {
    \(texts.joined())    }
      }
    }

    """
}

do {
  let arguments = CommandLine.arguments
  guard arguments.count == 3 else {
    throw EmbeddingError(description: "usage: AssetEmbedder OUTPUT FOLDER")
  }
  let names = try FileManager.default.contentsOfDirectory(atPath: arguments[2])
    .filter { $0.hasSuffix(".css") || $0.hasSuffix(".js") }.sorted()
  let text = source(of: try names.map { try AssetSource(folder: arguments[2], name: $0) })
  // Written anew with the same text, it would have everything compiled anew that stands on it.
  if (try? String(contentsOfFile: arguments[1], encoding: .utf8)) != text {
    try text.write(toFile: arguments[1], atomically: true, encoding: .utf8)
  }
} catch {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  exit(1)
}
