internal import SQLite

/// A choice among all runs, and their order.
public struct RunSelection: Sendable {
  /// Which runs that are put aside are chosen.
  public enum Aside: String, Sendable {
    /// None of them.
    case none
    /// Archived ones too.
    case archived
    /// Deleted ones alone.
    case deleted
  }

  /// The kind of runs, such as "train"; nil: any.
  public var kind: String?
  /// The state; nil: any.
  public var state: RunState?
  /// When they were created at the earliest, as the view runs writes times; nil: at any time.
  public var since: String?
  /// Whether runs are chosen that only sweeps' trials computed.
  public var includesTrials = true
  /// Which runs that are put aside are chosen.
  public var aside = Aside.none
  /// A SQL expression over runs that must hold, in which `metric.NAME`, `parameter.NAME` and
  /// `tag.NAME` name what a run has; nil: none.
  public var condition: String?
  /// What runs are ordered by: an expression, such as a metric's name; nil: the newest come first.
  ///
  /// Runs without a value come last.
  public var order: String?
  /// Whether the largest come first.
  public var isDescending = false
  /// The largest number of rows; nil: all.
  public var limit: Int?

  /// Chooses all runs that are not put aside.
  public init() {}

  /// The chosen runs in order.
  ///
  /// - Parameters:
  ///   - columns: Expressions over runs, which commas separate; nil for none.
  ///   - tracker: The record.
  /// - Returns: A column `run` with the UUID, and one for each expression, under its own text.
  /// - Throws: ``RunExpressionError`` or `SQLiteError`.
  public func rows(_ columns: String? = nil, in tracker: Tracker) throws -> QueryResult {
    try tracker.read { connection in
      var translator = RunExpressionTranslator(try RunNames(of: connection))
      let listed = try columns.map { try translator.list($0) } ?? []
      let order = try order.map { try translator.expression($0) }
      let filter = try filter(&translator)
      let sorting = order.map { "(\($0)) IS NULL, (\($0))\(isDescending ? " DESC" : ""), " } ?? ""
      let sql = """
        SELECT \((["runs.run"] + listed.map { "(\($0.sql))" }).joined(separator: ", "))
        FROM runs WHERE \(filter)
        ORDER BY \(sorting)runs.record_number DESC LIMIT :limit
        """
      return QueryResult(
        columns: ["run"] + listed.map(\.text),
        rows: try ask(connection, sql, translator, [columns, self.order, condition]))
    }
  }

  /// The chosen runs in groups, by a value that they share.
  ///
  /// - Parameters:
  ///   - key: An expression over runs.
  ///   - columns: Expressions over runs, which commas separate; nil for none.
  ///   - tracker: The record.
  /// - Returns: A column with the key, one with the number of runs, and for each expression three:
  ///   the mean, the smallest and the largest value. Groups are in the order of their keys or, where
  ///   runs have an order, of the mean of what that is by.
  /// - Throws: ``RunExpressionError`` or `SQLiteError`.
  public func groups(
    by key: String, _ columns: String? = nil, in tracker: Tracker
  ) throws -> QueryResult {
    try tracker.read { connection in
      var translator = RunExpressionTranslator(try RunNames(of: connection))
      let key = try translator.list(key)
      guard key.count == 1 else {
        throw RunExpressionError(
          key[1].text, at: key[1].text.startIndex..<key[1].text.endIndex,
          .unusable("a second key"))
      }
      let listed = try columns.map { try translator.list($0) } ?? []
      let order = try order.map { try translator.expression($0) }
      let filter = try filter(&translator)
      let values = listed.enumerated().map { ", (\($1.sql)) AS value\($0)" }.joined()
      let means = listed.indices.map { place in
        ["avg", "min", "max"].map { ", \($0)(value\(place))" }.joined()
      }.joined()
      let sorting =
        order == nil
        ? "key IS NULL, key\(isDescending ? " DESC" : "")"
        : "avg(place) IS NULL, avg(place)\(isDescending ? " DESC" : ""), key"
      let sql = """
        SELECT key, count(*)\(means)
        FROM (
          SELECT (\(key[0].sql)) AS key, \(order.map { "(\($0))" } ?? "NULL") AS place\(values)
          FROM runs WHERE \(filter))
        GROUP BY key ORDER BY \(sorting) LIMIT :limit
        """
      let names = listed.flatMap { value in
        ["mean", "min", "max"].map { "\(value.text) \($0)" }
      }
      return QueryResult(
        columns: [key[0].text, "runs"] + names,
        rows: try ask(connection, sql, translator, [key[0].text, columns, self.order, condition]))
    }
  }

  private func filter(_ translator: inout RunExpressionTranslator) throws -> String {
    var parts = [
      "(:kind IS NULL OR runs.kind = :kind)", "(:state IS NULL OR runs.state = :state)",
      "(:since IS NULL OR runs.created >= :since)",
    ]
    switch aside {
    case .none: parts.append("runs.record_number NOT IN (SELECT run_id FROM hidden_run)")
    case .archived:
      parts.append(
        "runs.record_number NOT IN (SELECT run_id FROM hidden_run WHERE how = 'deleted')")
    case .deleted:
      parts.append("runs.record_number IN (SELECT run_id FROM hidden_run WHERE how = 'deleted')")
    }
    if !includesTrials {
      parts.append("runs.record_number NOT IN (SELECT run_id FROM trial_run WHERE computed = 1)")
    }
    if let condition { parts.append("(\(try translator.expression(condition)))") }
    return parts.joined(separator: " AND ")
  }

  /// Asks a statement that was made of a user's expressions, which may only read.
  ///
  /// - Parameters:
  ///   - connection: The database.
  ///   - sql: The statement.
  ///   - translator: What made it of the expressions.
  ///   - expressions: The expressions; nil for those that were not given.
  /// - Returns: The rows.
  /// - Throws: ``RunExpressionError`` where SQLite refuses one of the expressions; `SQLiteError`.
  private func ask(
    _ connection: Connection, _ sql: String, _ translator: RunExpressionTranslator,
    _ expressions: [String?]
  ) throws -> [[SQLValue]] {
    var values = translator.values
    values["kind"] = kind.map(SQLValue.text) ?? .null
    values["state"] = state.map { .text($0.rawValue) } ?? .null
    values["since"] = since.map(SQLValue.text) ?? .null
    values["limit"] = .integer(Int64(limit ?? -1))
    do {
      return try connection.query(sql, values).rows
    } catch {
      guard error.kind == .wrongQuery || error.kind == .notAllowed else { throw error }
      let given = expressions.compactMap { $0 }
      let culprit = given.first { Self.refusal(of: $0, connection) != nil } ?? given.first ?? ""
      let reason = Self.refusal(of: culprit, connection) ?? Self.words(of: error, sql)
      throw RunExpressionError(
        culprit, at: culprit.startIndex..<culprit.endIndex, .refused(reason))
    }
  }

  /// What SQLite says against an expression by itself; nil if it takes it.
  private static func refusal(of expression: String, _ connection: Connection) -> String? {
    var sql = ""
    do {
      var translator = RunExpressionTranslator(try RunNames(of: connection))
      let parts = try translator.list(expression).map { "(\($0.sql))" }.joined(separator: ", ")
      sql = "SELECT \(parts) FROM runs LIMIT 0"
      _ = try connection.query(sql, translator.values)
      return nil
    } catch let error as SQLiteError {
      return words(of: error, sql)
    } catch {
      return nil
    }
  }

  /// An error's words without the statement, or its beginning, which the user has not written.
  private static func words(of error: SQLiteError, _ sql: String) -> String {
    let text = error.description
    guard let label = text.firstRange(of: "...: ") ?? text.firstRange(of: "\(sql): ") else {
      return text
    }
    return String(text[label.upperBound...])
  }
}
