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

/// The steps and statements of the queue in PostgreSQL.
func queueSource(_ steps: [SQLFile], _ statements: [SQLFile]) throws -> String {
  for (index, file) in steps.enumerated() {
    guard file.name.prefix(4) == String(format: "%04d", index + 1) else {
      throw EmbeddingError(description: "\(file.name).sql has not the number that is due")
    }
  }
  let cases = statements.map { "  /// \($0.title)\n  case \($0.identifier) = \"\($0.name)\"\n" }
  let texts = statements.map { "    case .\($0.identifier): \($0.literal)\n" }
  return """
    /// The steps of the queue's schema, from migrations/postgresql/.
    let queueSteps: [String] = [
    \(steps.map { $0.literal + ",\n" }.joined())]

    /// The queue's statements, from queries/postgresql/.
    enum QueueStatement: String, CaseIterable, Sendable {
    \(cases.joined())
      /// The file's text: a comment that says what it does, and one statement.
      var sql: String {
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
  let arguments = CommandLine.arguments
  guard arguments.count == 5, ["tracker", "queue"].contains(arguments[4]) else {
    throw EmbeddingError(description: "usage: SQLEmbedder OUTPUT MIGRATIONS QUERIES tracker|queue")
  }
  let (migrations, queries) = (try files(in: arguments[2]), try files(in: arguments[3]))
  let source =
    arguments[4] == "queue"
    ? try queueSource(migrations, queries)
    : "public import SQLite\n\n" + (try migrationsSource(migrations)) + queriesSource(queries)
  // Written anew with the same text, it would have everything compiled anew that stands on it, which is
  // nearly all: this program is linked again whenever a build has other products than the one before.
  let path = arguments[1]
  if (try? String(contentsOfFile: path, encoding: .utf8)) != source {
    try source.write(toFile: path, atomically: true, encoding: .utf8)
  }
} catch {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  exit(1)
}
