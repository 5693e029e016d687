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
  /// Further expressions that must hold, such as those that a program makes of a user's choices.
  public var furtherConditions: [String] = []
  /// What runs are ordered by: an expression, such as a metric's name; nil: the newest come first.
  ///
  /// Runs without a value come last.
  public var order: String?
  /// Whether the largest come first.
  public var isDescending = false
  /// The largest number of rows; nil: all.
  public var limit: Int?
  /// The run that the rows begin behind, by its UUID; nil: they begin with the first one.
  ///
  /// It is the last one of the page before. Groups have no pages.
  public var after: String?

  /// Chooses all runs that are not put aside.
  public init() {}

  /// The chosen runs in order.
  ///
  /// - Parameters:
  ///   - columns: Expressions over runs, which commas separate; nil for none.
  ///   - tracker: The record.
  /// - Returns: A column `run` with the UUID, and one for each expression, under its own text.
  /// - Throws: ``RunExpressionError``, ``TrackerError/unknownRun(_:)`` if there is no run to begin
  ///   behind, or `SQLiteError`.
  public func rows(_ columns: String? = nil, in tracker: Tracker) throws -> QueryResult {
    try tracker.read { connection in
      var translator = RunExpressionTranslator(try RunNames(of: connection))
      let listed = try columns.map { try translator.list($0) } ?? []
      let order = try order.map { try translator.expression($0) }
      let filter = try filter(&translator)
      let start = try start(of: order, connection, translator)
      let sorting = order.map { "(\($0))\(isDescending ? " DESC" : "") NULLS LAST, " } ?? ""
      let sql = """
        SELECT \((["runs.run"] + listed.map { "(\($0.sql))" }).joined(separator: ", "))
        FROM runs WHERE \(filter) AND \(start.condition)
        ORDER BY \(sorting)runs.record_number DESC LIMIT :limit
        """
      return QueryResult(
        columns: ["run"] + listed.map(\.text),
        rows: try ask(
          connection, sql, translator, [columns, self.order, condition], start.values))
    }
  }

  /// What must hold of rows behind the run that they begin behind, with values to be bound.
  private func start(
    of order: String?, _ connection: Connection, _ translator: RunExpressionTranslator
  ) throws -> (condition: String, values: [String: SQLValue]) {
    guard let after else { return ("1", [:]) }
    let sql = """
      SELECT runs.record_number, \(order.map { "(\($0))" } ?? "NULL")
      FROM runs WHERE runs.run = :after
      """
    // What is wrong with the order is said when the rows are asked for.
    guard let known = try? connection.describe(sql).parameters else { return ("1", [:]) }
    var values = translator.values.filter { known.contains($0.key) }
    values["after"] = .text(after)
    let found = try connection.query(sql, values).rows.first
    guard let found else { throw TrackerError.unknownRun(after) }
    let older = "runs.record_number < :after_number"
    guard let order else { return (older, ["after_number": found[0]]) }
    guard found[1] != .null else {
      return ("(\(order)) IS NULL AND \(older)", ["after_number": found[0]])
    }
    let behind = isDescending ? "<" : ">"
    return (
      """
      ((\(order)) \(behind) :after_value OR (\(order)) IS NULL
        OR ((\(order)) = :after_value AND \(older)))
      """, ["after_number": found[0], "after_value": found[1]]
    )
  }

  /// The chosen runs in groups, by a value that they share.
  ///
  /// - Parameters:
  ///   - key: An expression over runs.
  ///   - columns: Expressions over runs, which commas separate; nil for none.
  ///   - hasDeviations: Whether each expression has a fourth column, with the standard deviation of a
  ///     sample; NULL for a group of one run.
  ///   - tracker: The record.
  /// - Returns: A column with the key, one with the number of runs, and for each expression three:
  ///   the mean, the smallest and the largest value. Groups are in the order of their keys or, where
  ///   runs have an order, of the mean of what that is by.
  /// - Throws: ``RunExpressionError`` or `SQLiteError`.
  public func groups(
    by key: String, _ columns: String? = nil, withDeviations hasDeviations: Bool = false,
    in tracker: Tracker
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
          + (hasDeviations
            ? ", sum((value\(place) - mean\(place)) * (value\(place) - mean\(place)))"
              + " / (count(value\(place)) - 1)" : "")
      }.joined()
      let centres = listed.indices.map {
        hasDeviations ? ", avg(value\($0)) OVER (PARTITION BY key) AS mean\($0)" : ""
      }.joined()
      let sorting =
        order == nil
        ? "key IS NULL, key\(isDescending ? " DESC" : "")"
        : "avg(place) IS NULL, avg(place)\(isDescending ? " DESC" : ""), key"
      let sql = """
        SELECT key, count(*)\(means)
        FROM (
          SELECT *\(centres)
          FROM (
            SELECT (\(key[0].sql)) AS key, \(order.map { "(\($0))" } ?? "NULL") AS place\(values)
            FROM runs WHERE \(filter)))
        GROUP BY key ORDER BY \(sorting) LIMIT :limit
        """
      let parts = ["mean", "min", "max"] + (hasDeviations ? ["deviation"] : [])
      var rows = try ask(
        connection, sql, translator, [key[0].text, columns, self.order, condition])
      if hasDeviations {
        // SQLite may have been built without a square root.
        for row in rows.indices {
          for place in stride(from: 5, to: rows[row].count, by: 4) {
            rows[row][place] =
              rows[row][place].real.map { .real($0.squareRoot()) } ?? .null
          }
        }
      }
      return QueryResult(
        columns: [key[0].text, "runs"]
          + listed.flatMap { value in
            parts.map { "\(value.text) \($0)" }
          }, rows: rows)
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
      parts.append(
        "EXISTS (SELECT 1 FROM own_runs WHERE own_runs.record_number = runs.record_number)")
    }
    for expression in [condition].compactMap({ $0 }) + furtherConditions {
      parts.append("(\(try translator.expression(expression)))")
    }
    return parts.joined(separator: " AND ")
  }

  /// Asks a statement that was made of a user's expressions, which may only read.
  ///
  /// - Parameters:
  ///   - connection: The database.
  ///   - sql: The statement.
  ///   - translator: What made it of the expressions.
  ///   - expressions: The expressions; nil for those that were not given.
  ///   - others: Further values to be bound.
  /// - Returns: The rows.
  /// - Throws: ``RunExpressionError`` where SQLite refuses one of the expressions; `SQLiteError`.
  private func ask(
    _ connection: Connection, _ sql: String, _ translator: RunExpressionTranslator,
    _ expressions: [String?], _ others: [String: SQLValue] = [:]
  ) throws -> [[SQLValue]] {
    var values = translator.values.merging(others) { $1 }
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
