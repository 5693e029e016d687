import Foundation
import SQLite
import Tracker

/// What shells offer when a user asks for the rest of a word.
///
/// A database that cannot be read offers nothing: a completion is no place for errors.
enum Completions {
  /// Runs by the beginning of their UUID, the newest first.
  static func runs(_ words: [String], kind: String? = nil) -> [String] {
    names(
      words,
      """
      SELECT substr(run, 1, 8) FROM runs WHERE ?1 IS NULL OR kind = ?1
      ORDER BY recorded DESC LIMIT 200
      """, kind.map { [.text($0)] } ?? [.null])
  }

  /// Sweeps by name.
  static func sweeps(_ words: [String]) -> [String] {
    names(words, "SELECT name FROM sweeps ORDER BY recorded DESC LIMIT 200")
  }

  /// Kinds of runs.
  static func kinds(_ words: [String]) -> [String] {
    names(words, "SELECT DISTINCT kind FROM runs ORDER BY kind")
  }

  /// Queries by name, or, where one is named already, its parameters as options.
  static func queries(_ words: [String]) -> [String] {
    let folder = QueryCommand.folder(value(of: "--queries", in: words))
    guard let catalogue = try? QueryCatalogue(folder: folder) else { return [] }
    guard
      let query = catalogue.queries.first(where: { words.dropFirst(2).dropLast().contains($0.name) }
      )
    else { return catalogue.queries.map(\.name) }
    return query.parameters.map { "--" + $0.name.replacing("_", with: "-") }
  }

  private static func names(
    _ words: [String], _ sql: String, _ values: [SQLValue] = []
  ) -> [String] {
    let environment = ProcessInfo.processInfo.environment
    let path = value(of: "--db", in: words) ?? environment["ASSAY_DB"] ?? "assay.db"
    guard let tracker = try? Tracker(reading: path) else { return [] }
    let found = try? tracker.read { try $0.rows(sql, values) { try $0.text(0) } }
    return found ?? []
  }

  private static func value(of option: String, in words: [String]) -> String? {
    guard let place = words.firstIndex(of: option), words.indices.contains(place + 1) else {
      return nil
    }
    return words[place + 1]
  }
}
