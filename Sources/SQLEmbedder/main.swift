import Foundation

/// What keeps the files from being embedded; ends the build.
struct EmbeddingError: Error, CustomStringConvertible {
  let description: String
}

/// A file of migrations/ or queries/.
struct SQLFile {
  let folder: String
  let name: String
  let text: String

  init(path: String) throws {
    let url = URL(fileURLWithPath: path)
    folder = url.deletingLastPathComponent().lastPathComponent
    name = url.deletingPathExtension().lastPathComponent
    text = try String(contentsOf: url, encoding: .utf8)
    guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) else {
      throw EmbeddingError(description: "\(folder)/\(name).sql: a name is letters, digits and _")
    }
  }

  /// The first line of the file's comment.
  var title: String {
    text.split(separator: "\n").first.map { $0.drop { $0 == "-" || $0 == " " } }.map(String.init)
      ?? ""
  }

  /// The file's name as a Swift name: best_thresholds becomes bestThresholds.
  var identifier: String {
    let words = name.split(separator: "_")
    return words.dropFirst().reduce(String(words.first ?? "")) {
      $0 + $1.prefix(1).uppercased() + $1.dropFirst()
    }
  }

  /// The text as a Swift literal.
  var literal: String { "####\"\"\"\n\(text)\n\"\"\"####" }
}

func migrationsSource(_ files: [SQLFile]) throws -> String {
  let entries = try files.enumerated().map { index, file in
    guard file.name.prefix(4) == String(format: "%04d", index + 1) else {
      throw EmbeddingError(
        description:
          "migrations/\(file.name).sql: the number \(String(format: "%04d", index + 1)) is due")
    }
    return """
      Migration(version: \(index + 1), name: "migrations/\(file.name).sql", sql: \(file.literal)),

      """
  }
  return """
    /// The schema's steps, from migrations/.
    public let embeddedMigrations: [Migration] = [
    \(entries.joined())]

    """
}

func queriesSource(_ files: [SQLFile]) -> String {
  let cases = files.map { "  /// \($0.title)\n  case \($0.identifier) = \"\($0.name)\"\n" }
  let texts = files.map { "    case .\($0.identifier): \($0.literal)\n" }
  return """
    /// The named queries, from queries/.
    public enum Query: String, CaseIterable, Sendable {
    \(cases.joined())
      /// The file's text: a comment that says what it answers, and one SELECT.
      public var sql: String {
        switch self {
    \(texts.joined())    }
      }
    }

    """
}

/// The SQL files of a folder by name.
func files(in folder: String) throws -> [SQLFile] {
  try FileManager.default.contentsOfDirectory(atPath: folder)
    .filter { $0.hasSuffix(".sql") }.sorted().map { try SQLFile(path: folder + "/" + $0) }
}

do {
  guard CommandLine.arguments.count == 4 else {
    throw EmbeddingError(description: "usage: SQLEmbedder OUTPUT MIGRATIONS QUERIES")
  }
  let source =
    "public import SQLite\n\n"
    + (try migrationsSource(files(in: CommandLine.arguments[2])))
    + (try queriesSource(files(in: CommandLine.arguments[3])))
  // Written anew with the same text, it would have everything compiled anew that stands on it, which is
  // nearly all: this program is linked again whenever a build has other products than the one before.
  let path = CommandLine.arguments[1]
  if (try? String(contentsOfFile: path, encoding: .utf8)) != source {
    try source.write(toFile: path, atomically: true, encoding: .utf8)
  }
} catch {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  exit(1)
}
