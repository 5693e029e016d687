internal import Bytes
internal import Foundation

/// The queries that have names: the program's own and those of a user's folder.
public struct QueryCatalogue: Sendable {
  /// Names and texts, sorted by name; a head is read when its query is asked for.
  private let sources: [(name: String, sql: String)]

  /// What the groups that heads name are called, in the order in which they are listed.
  public static let groupTitles = [
    ("study", "Studies and their tables"), ("detection", "Detectors and thresholds"),
    ("detectors", "Learned detectors, measures and transformations"),
    ("images", "Images"), ("runs", "Runs and models"), ("sweeps", "Sweeps"),
  ]

  /// The queries, sorted by name.
  public var queries: [NamedQuery] { sources.map { NamedQuery(name: $0.name, sql: $0.sql) } }

  /// Lists the program's own queries and those of a folder.
  ///
  /// - Parameter folder: A directory whose .sql files join the list; nil for none.
  /// - Throws: ``TrackerError/unreadableQuery(path:problem:)`` if the folder or a file cannot be
  ///   read, or if a file has the name of one of the program's queries and another text.
  public init(folder: String? = nil) throws(TrackerError) {
    var sources = Query.allCases.map { (name: $0.rawValue, sql: $0.sql) }
    if let folder {
      for query in try Self.files(in: folder) {
        guard let own = sources.first(where: { $0.name == query.name }) else {
          sources.append((name: query.name, sql: query.sql))
          continue
        }
        guard Self.words(own.sql) == Self.words(query.sql) else {
          throw TrackerError.unreadableQuery(
            path: "\(folder)/\(query.name).sql",
            problem: "has the name of a query of this program, but another text: rename it")
        }
      }
    }
    self.sources = sources.sorted { $0.name < $1.name }
  }

  /// The query of a name.
  ///
  /// - Throws: ``TrackerError/unknownQuery(name:known:)``.
  public func query(named name: String) throws(TrackerError) -> NamedQuery {
    let name = name.replacing("-", with: "_")
    if let found = sources.first(where: { $0.name == name }) {
      return NamedQuery(name: found.name, sql: found.sql)
    }
    throw TrackerError.unknownQuery(name: name, known: sources.map(\.name))
  }

  /// Reads a query from a file.
  ///
  /// - Throws: ``TrackerError/unreadableQuery(path:problem:)``.
  public static func file(at path: String) throws(TrackerError) -> NamedQuery {
    // SQLite takes a statement of a megabyte at most.
    guard let bytes = try? WholeFile.read(path, limit: 1 << 26) else {
      throw TrackerError.unreadableQuery(path: path, problem: "there is no such file to be read")
    }
    guard let text = String(fileContent: bytes) else {
      throw TrackerError.unreadableQuery(path: path, problem: "is no text in UTF-8 or UTF-16")
    }
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    return NamedQuery(name: name, sql: text)
  }

  private static func files(in folder: String) throws(TrackerError) -> [NamedQuery] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw TrackerError.unreadableQuery(path: folder, problem: "there is no such directory")
    }
    var queries: [NamedQuery] = []
    for name in names.sorted() where name.hasSuffix(".sql") {
      queries.append(try file(at: folder + "/" + name))
    }
    return queries
  }

  /// A text but for its white space.
  private static func words(_ text: String) -> [Substring] {
    text.split(whereSeparator: \.isWhitespace)
  }
}
