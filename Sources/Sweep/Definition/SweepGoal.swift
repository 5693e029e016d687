package import SQLite
package import Tracker

/// One objective of a sweep: where its number comes from, and which way is better.
package struct SweepGoal: Sendable, Equatable {
  /// Where a number comes from.
  package enum Source: Sendable, Equatable {
    /// A metric of the trial's run, or a number of the trial by that name.
    case metric(String, MetricSummary)
    /// The number that a query gives.
    ///
    /// - Parameters:
    ///   - sql: The query's text.
    ///   - values: Values of its parameters, besides those that the trial gives.
    ///   - column: The column of its only row; nil if it has only one.
    case query(sql: String, values: [String: SQLValue], column: String?)
  }

  /// Which number a metric's values give.
  package enum MetricSummary: Sendable, Equatable {
    /// The one at the largest step.
    case last
    /// The best one; those that are no number count only if there is no other.
    case best
    /// The mean of those at the so many largest steps; of all if nil.
    case mean(Int?)
  }

  /// Its name and the direction of improvement.
  package let objective: SweepObjective
  /// Where its number comes from.
  package let source: Source

  /// The metric that gives the number; nil if a query does.
  package var metric: String? { if case .metric(let name, _) = source { name } else { nil } }

  /// Reads {"name", "goal", "metric" | "query" | "sql", "with", "column", "of", "k"}.
  init(_ json: JSONValue, number: Int, of kind: any TrialKind) throws(ConfigurationError) {
    let setting = "objectives.\(number)"
    let fields = try SweepFields(
      json, setting: setting,
      known: ["name", "goal", "metric", "query", "sql", "with", "column", "of", "k"])
    let sources = ["metric", "query", "sql"].filter { fields[$0] != nil }
    guard sources.count == 1 else {
      throw ConfigurationError(
        setting: setting, problem: "needs a metric or a query, and only one of them")
    }
    let source = try fields.text(sources[0])
    if sources[0] != "metric", let field = ["of", "k"].first(where: { fields[$0] != nil }) {
      throw ConfigurationError(setting: "\(setting).\(field)", problem: "is for metrics alone")
    }
    switch sources[0] {
    case "metric":
      let known = kind.metrics.map { $0 + kind.numbers }
      if let known, !known.contains(source) {
        throw ConfigurationError(
          .unknownMetric, setting: "\(setting).metric",
          problem: "is '\(source)'; its trials record " + known.joined(separator: ", "))
      }
      self.source = .metric(source, try Self.summary(fields, setting))
    case "query":
      guard let query = Query(rawValue: source) else {
        throw ConfigurationError(
          setting: "\(setting).query",
          problem:
            "is '\(source)', which is no query of this program; a file of your own ends in .sql")
      }
      self.source = .query(
        sql: query.sql, values: try Self.values(fields, setting), column: try Self.column(fields))
    default:
      self.source = .query(
        sql: source, values: try Self.values(fields, setting), column: try Self.column(fields))
    }
    let usualGoal = sources[0] == "metric" ? kind.usualGoal(of: source) : .maximise
    guard fields["goal"] != nil || usualGoal != nil else {
      throw ConfigurationError(
        setting: setting,
        problem: "needs a direction: {maximise: \(source)} or {minimise: \(source)}")
    }
    let name =
      fields["name"] == nil ? (sources[0] == "sql" ? "value" : source) : try fields.text("name")
    objective = SweepObjective(name, try fields.choice("goal", default: usualGoal ?? .maximise))
  }

  private static func summary(
    _ fields: SweepFields, _ setting: String
  ) throws(ConfigurationError) -> MetricSummary {
    let word = fields["of"] == nil ? "last" : try fields.text("of")
    let count = fields["k"] == nil ? nil : try fields.count("k")
    switch (word, count) {
    case ("last", nil): return .last
    case ("best", nil): return .best
    case ("mean", _): return .mean(count)
    case ("last", _), ("best", _):
      throw ConfigurationError(setting: "\(setting).k", problem: "is a setting of 'of: mean' alone")
    default:
      throw ConfigurationError(
        setting: "\(setting).of", problem: "is '\(word)'; there are last, best and mean")
    }
  }

  private static func column(_ fields: SweepFields) throws(ConfigurationError) -> String? {
    fields["column"] == nil ? nil : try fields.text("column")
  }

  private static func values(
    _ fields: SweepFields, _ setting: String
  ) throws(ConfigurationError) -> [String: SQLValue] {
    guard let with = fields["with"] else { return [:] }
    guard case .object(let members) = with else {
      throw ConfigurationError(
        setting: "\(setting).with", problem: "must hold values by the query's parameters")
    }
    return members.mapValues { value in
      switch value {
      case .string(let text): .text(text)
      case .integer(let number): .integer(number)
      case .number(let number): .real(number)
      case .bool(let flag): .integer(flag ? 1 : 0)
      case .null, .array, .object: .null
      }
    }
  }

  /// Makes sure that the query can be run and gives one number, before anything is computed for it.
  ///
  /// - Throws: ``ConfigurationError`` if it cannot.
  package func check(in tracker: Tracker) throws {
    guard case .query(let sql, let values, let column) = source else { return }
    func fail(_ problem: String) -> ConfigurationError {
      ConfigurationError(setting: "objective '\(objective.name)'", problem: problem)
    }
    let described: (parameters: [String], columns: [String], isReadOnly: Bool)
    do {
      described = try tracker.read { try $0.describe(sql) }
    } catch {
      throw fail("has a query that does not work: \(error)")
    }
    guard described.isReadOnly else { throw fail("has a query that would change the database") }
    if let unknown = values.keys.sorted().first(where: { !described.parameters.contains($0) }) {
      throw fail(
        "gives a value for :\(unknown); its query's parameters are "
          + described.parameters.map { ":" + $0 }.joined(separator: ", "))
    }
    if let column, !described.columns.contains(column) {
      throw fail(
        "takes the column '\(column)'; its query has \(described.columns.joined(separator: ", "))")
    }
    guard column != nil || described.columns.count == 1 else {
      throw fail(
        "must say which column it takes, by 'column:'; its query has "
          + described.columns.joined(separator: ", "))
    }
  }
}

extension [SweepGoal] {
  /// The metric of the first objective that has one.
  package var firstMetric: String? { lazy.compactMap(\.metric).first }
}
