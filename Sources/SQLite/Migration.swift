/// One step of the schema: a file of migrations/.
public struct Migration: Sendable {
  /// The version that it leads to, counted from 1.
  public let version: Int
  /// The file's name, for messages.
  public let name: String
  /// Plain SQL, whose last statement sets user_version.
  public let sql: String

  /// Describes a step.
  public init(version: Int, name: String, sql: String) {
    self.version = version
    self.name = name
    self.sql = sql
  }

  /// Whether it was written for foreign keys that are watched, as a step that lets them wait for
  /// the end of its transaction was: what refers to a table that it drops is to be deleted.
  var countsOnForeignKeys: Bool {
    sql.utf8.split(separator: UInt8(ascii: "\n"))
      .contains { $0.elementsEqual("PRAGMA defer_foreign_keys = ON;".utf8) }
  }
}
