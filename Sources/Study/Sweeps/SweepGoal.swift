internal import SQLite
internal import Tracker

/// One objective of a sweep: where its number comes from, and which way is better.
struct SweepGoal: Sendable, Equatable {
  /// Where a number comes from.
  enum Source: Sendable, Equatable {
    /// The last value of a metric of the training.
    case metric(String)
    /// The number that a query gives.
    ///
    /// - Parameters:
    ///   - sql: The query's text.
    ///   - values: Values of its parameters, besides those that the trial gives.
    ///   - column: The column of its only row; nil if it has only one.
    case query(sql: String, values: [String: SQLValue], column: String?)
  }

  let objective: SweepObjective
  let source: Source

  /// Whether training alone gives the number.
  var needsTrainingOnly: Bool { if case .metric = source { true } else { false } }

  /// The parameters of queries that a trial gives the values of.
  static let trialParameters = ["study", "model", "sweep", "trial"]

  /// Reads {"name", "goal", "metric" | "query" | "sql", "with", "column"}.
  init(_ json: JSONValue, number: Int) throws(ConfigurationError) {
    let setting = "objectives.\(number)"
    let fields = try SweepFields(
      json, setting: setting, known: ["name", "goal", "metric", "query", "sql", "with", "column"])
    let sources = ["metric", "query", "sql"].filter { fields[$0] != nil }
    guard sources.count == 1 else {
      throw ConfigurationError(
        setting: setting, problem: "needs a metric or a query, and only one of them")
    }
    let source = try fields.text(sources[0])
    switch sources[0] {
    case "metric":
      guard TrainingStage.epochMetrics.contains(source) else {
        throw ConfigurationError(
          setting: "\(setting).metric",
          problem: "is '\(source)'; training records "
            + TrainingStage.epochMetrics.joined(separator: ", "))
      }
      self.source = .metric(source)
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
    let usualGoal: SweepObjective.Goal = source == "train_loss" ? .minimise : .maximise
    let name =
      fields["name"] == nil ? (sources[0] == "sql" ? "value" : source) : try fields.text("name")
    objective = SweepObjective(name, try fields.choice("goal", default: usualGoal))
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
  func check(in tracker: Tracker) throws {
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
