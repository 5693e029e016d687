import Foundation

/// Databases as released versions left them, with rows in every table.
///
/// The sqlite3 shell makes them of the released steps and of Tests/Fixtures/releases.
public enum ReleasedDatabase {
  /// The versions whose schemas were released: those whose steps migrations/SHA256SUMS lists.
  public static let versions = 1...releasedSteps.count

  /// The files of rows, and the versions whose tables they fit.
  private static let fixtures: [(name: String, versions: any RangeExpression<Int> & Sendable)] = [
    ("runs", 1...), ("study", 2...), ("sweeps_before_6", 3...5), ("sweeps", 6...),
    ("imports", 7...), ("digests", 10...), ("programs", 12...), ("detectors", 13...),
    ("deleted_scores", 13...), ("score_digests_before_17", 13...16), ("models", 14...),
    ("details", 15...), ("verdicts_before_16", 15...15), ("evaluations", 16...), ("merged", 18...),
    ("checklist", 19...), ("clients", 20...), ("asked", 22...),
  ]

  /// The lines of migrations/SHA256SUMS about steps of this schema, not of PostgreSQL's.
  private static let releasedSteps: [Substring] = {
    let list = packageRoot.appending(path: "migrations/SHA256SUMS")
    do {
      let lines = try String(contentsOf: list, encoding: .utf8).split(separator: "\n")
      return lines.filter { $0.wholeMatch(of: /[0-9a-f]{64} +\d{4}_\w+\.sql/) != nil }
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  /// Why a database could not be made.
  public struct Failure: Error, CustomStringConvertible {
    /// What the shell said.
    public let description: String
  }

  /// Each version's database, made once.
  private static let templates = versions.map { version in
    TemplateFile { try build(version: version, at: $0) }
  }

  /// What ``applySteps(to:)`` makes of each version's database, made once.
  private static let newest = versions.map { version in
    TemplateFile { path in
      try make(version: version, at: path)
      try applySteps(to: path)
    }
  }

  /// Makes a populated database of a version.
  ///
  /// - Throws: ``Failure`` or `CocoaError`.
  public static func make(version: Int, at path: String) throws {
    try templates[version - versions.lowerBound].copy(to: path)
  }

  /// Makes the database that the shell brings a version's to, by all steps of migrations/.
  ///
  /// - Throws: ``Failure`` or `CocoaError`.
  public static func makeNewest(from version: Int, at path: String) throws {
    try newest[version - versions.lowerBound].copy(to: path)
  }

  private static func build(version: Int, at path: String) throws {
    var script = try steps(upTo: version).map {
      try String(contentsOf: $0, encoding: .utf8)
    }.joined()
    script += "PRAGMA foreign_keys = ON;\nBEGIN;\n"
    for (name, versions) in fixtures where versions.contains(version) {
      script += try String(
        contentsOf: packageRoot.appending(path: "Tests/Fixtures/releases/\(name).sql"),
        encoding: .utf8)
    }
    try shell(path, script + "COMMIT;\n")
  }

  /// Brings a database to the newest schema by migrations/apply.sh.
  ///
  /// - Throws: ``Failure``.
  public static func applySteps(to path: String) throws {
    let script = packageRoot.appending(path: "migrations/apply.sh").path
    let applied = try run("sh", [script, path])
    guard applied.status == 0, applied.error.isEmpty else {
      throw Failure(description: applied.error)
    }
  }

  /// Everything that a database holds, as SQL.
  ///
  /// - Throws: ``Failure``.
  public static func dump(_ path: String) throws -> String { try shell(path, ".dump\n") }

  /// The version that all steps of migrations/ lead to.
  ///
  /// - Throws: `CocoaError`.
  public static func newestVersion() throws -> Int { try steps(upTo: .max).count }

  /// The steps of migrations/ that lead to a version, in order.
  private static func steps(upTo version: Int) throws -> [URL] {
    let folder = packageRoot.appending(path: "migrations")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".sql") }.sorted().prefix(version).map { folder.appending(path: $0) }
  }

  /// What the sqlite3 shell prints.
  @discardableResult
  private static func shell(_ path: String, _ script: String) throws -> String {
    let result = try run("sqlite3", ["-bail", path], input: script)
    guard result.status == 0, result.error.isEmpty else {
      throw Failure(description: result.error)
    }
    return result.output
  }
}
