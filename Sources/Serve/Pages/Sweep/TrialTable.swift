internal import Report
internal import SQLite
internal import Tracker

/// The trials of a sweep, filtered and sorted as an address says, a page of them.
struct TrialTable {
  /// What trials are sorted by.
  enum Key: Equatable {
    case number
    case value
    case duration
    case parameter(String)

    /// What addresses call it.
    var name: String {
      switch self {
      case .number: "number"
      case .value: "value"
      case .duration: "duration"
      case .parameter(let name): "parameter." + name
      }
    }
  }

  /// A range of numbers that a parameter's setting, or the objective, is in.
  struct Range {
    var low: Double?
    var high: Double?
  }

  /// As many trials has a page.
  static let pageSize = 50

  var key = Key.number
  var isRising = false
  var state: String?
  /// The number of the objective.
  var objective = 0
  /// The ranges by parameter; that of the objective is ``values``.
  var ranges: [String: Range] = [:]
  var values = Range()
  /// The settings by parameter of which a trial has one.
  var words: [String: [String]] = [:]
  /// The last trial of the page before: its key, as SQL has it, and its number.
  var after: (key: SQLValue, number: Int64)?

  static let states = ["queued", "running", "finished", "failed", "pruned"]

  /// Reads an address.
  ///
  /// - Throws: ``HTTPFailure`` of status 400 if a value is none of its kind.
  init(_ request: HTTPRequest, objectives: [SweepObjective]) throws(HTTPFailure) {
    func refuse(_ name: String, _ value: String) -> HTTPFailure {
      HTTPFailure(.badRequest, "\(name) in the address is \(value.prefix(40)), which it cannot be")
    }
    for (name, value) in request.query where !value.isEmpty {
      func number() throws(HTTPFailure) -> Double {
        guard let number = Double(value), !number.isNaN else { throw refuse(name, value) }
        return number
      }
      switch name {
      case "sort":
        guard let key = Self.key(value) else { throw refuse(name, value) }
        self.key = key
        isRising = request.value("order") != "descending"
      case "state":
        guard Self.states.contains(value) else { throw refuse(name, value) }
        state = value
      case "objective":
        guard let place = objectives.firstIndex(where: { $0.name == value }) else {
          throw refuse(name, value)
        }
        objective = place
      case "after":
        guard let place = Self.place(value) else { throw refuse(name, value) }
        after = place
      case "from": values.low = try number()
      case "to": values.high = try number()
      case _ where name.hasPrefix("from."):
        ranges[String(name.dropFirst(5)), default: Range()].low = try number()
      case _ where name.hasPrefix("to."):
        ranges[String(name.dropFirst(3)), default: Range()].high = try number()
      case _ where name.hasPrefix("is."):
        words[String(name.dropFirst(3)), default: []].append(value)
      default: break
      }
    }
  }

  private static func key(_ text: String) -> Key? {
    switch text {
    case "number": .number
    case "value": .value
    case "duration": .duration
    case _ where text.hasPrefix("parameter."): .parameter(String(text.dropFirst(10)))
    default: nil
    }
  }

  /// A key and a number, such as "r0.5/12", "t" and a word, or "n" for no key.
  private static func place(_ text: String) -> (key: SQLValue, number: Int64)? {
    guard let slash = text.lastIndex(of: "/"), let number = Int64(text[text.index(after: slash)...])
    else { return nil }
    let word = text[..<slash]
    switch word.first {
    case "n": return (.null, number)
    case "r": return Double(word.dropFirst()).map { (.real($0), number) }
    case "t": return (.text(String(word.dropFirst())), number)
    default: return nil
    }
  }

  /// What the next page's address has for ``after``.
  static func place(_ key: SQLValue, _ number: Int64) -> String {
    switch key {
    case .integer(let value): "r\(value)/\(number)"
    case .real(let value): "r\(value)/\(number)"
    case .text(let value): "t\(value)/\(number)"
    default: "n/\(number)"
    }
  }

  /// The trials of a page, and one more if there are more.
  ///
  /// - Throws: `SQLiteError`.
  func rows(of sweep: Sweep, in tracker: Tracker) throws -> [QueryRow] {
    var values: [String: SQLValue] = [
      "sweep": .integer(sweep.id), "objective": .integer(Int64(objective)),
      "state": state.map(SQLValue.text) ?? .null, "limit": .integer(Int64(Self.pageSize + 1)),
      "low": self.values.low.map(SQLValue.real) ?? .null,
      "high": self.values.high.map(SQLValue.real) ?? .null,
      "after_key": after?.key ?? .null, "after": after.map { .integer($0.number) } ?? .null,
    ]
    var conditions = ["sweep_id = :sweep", "(:state IS NULL OR state = :state)"]
    if self.values.low != nil || self.values.high != nil {
      conditions.append(
        "\(Self.value) >= coalesce(:low, -9e999) AND \(Self.value) <= coalesce(:high, 9e999)")
    }
    for (place, (name, range)) in ranges.sorted(by: { $0.key < $1.key }).enumerated() {
      values["range\(place)"] = .text(name)
      values["low\(place)"] = .real(range.low ?? -.infinity)
      values["high\(place)"] = .real(range.high ?? .infinity)
      conditions.append(
        """
        EXISTS (
          SELECT 1 FROM json_each(trial.parameters)
          WHERE key = :range\(place) AND value BETWEEN :low\(place) AND :high\(place))
        """)
    }
    for (place, (name, words)) in words.sorted(by: { $0.key < $1.key }).enumerated() {
      values["word\(place)"] = .text(name)
      values["words\(place)"] = .text(JSONValue.array(words.map(JSONValue.string)).canonical)
      conditions.append(
        """
        EXISTS (
          SELECT 1 FROM json_each(trial.parameters)
          WHERE key = :word\(place)
            AND iif(type IN ('true', 'false'), type, CAST(value AS TEXT))
              IN (SELECT value FROM json_each(:words\(place))))
        """)
    }
    return try tracker.pageRows(sql(conditions, &values), values)
  }

  /// The values that trials reached, by their numbers, an objective a value.
  ///
  /// - Throws: `SQLiteError`.
  static func reached(
    _ numbers: [Int64], of sweep: Sweep, in tracker: Tracker
  ) throws -> [Int64: [SQLValue]] {
    try tracker.pageRows(
      """
      SELECT trial.number, value FROM trial
      JOIN trial_value ON trial_value.trial_id = trial.id
      WHERE trial.sweep_id = :sweep AND trial.number IN (SELECT value FROM json_each(:numbers))
      ORDER BY trial.number, objective
      """,
      [
        "sweep": .integer(sweep.id),
        "numbers": .text("[" + numbers.map(String.init).joined(separator: ",") + "]"),
      ]
    ).reduce(into: [:]) { $0[$1["number"].integer ?? -1, default: []].append($1["value"]) }
  }

  private static let value =
    "(SELECT value FROM trial_value WHERE trial_id = trial.id AND objective = :objective)"

  private func sql(_ conditions: [String], _ values: inout [String: SQLValue]) -> String {
    let expression: String
    switch key {
    case .number: expression = "number"
    case .value: expression = Self.value
    case .duration: expression = Self.duration
    case .parameter(let name):
      values["parameter"] = .text(name)
      expression = "(SELECT value FROM json_each(trial.parameters) WHERE key = :parameter)"
    }
    let sign = isRising ? ">" : "<"
    var behind = ":after IS NULL"
    if case .null? = after?.key {
      behind = "sort_key IS NULL AND number > :after"
    } else if after != nil {
      behind =
        key == .number
        ? "number \(sign) :after"
        : "sort_key \(sign) :after_key OR (sort_key = :after_key AND number > :after) OR sort_key IS NULL"
    }
    let order =
      key == .number
      ? "number \(isRising ? "ASC" : "DESC")"
      : "sort_key IS NULL, sort_key \(isRising ? "ASC" : "DESC"), number"
    // What is told of a trial is looked up for those of the page alone.
    return """
      WITH page AS (
        SELECT id, sort_key FROM (
          SELECT id, number, \(expression) AS sort_key FROM trial
          WHERE \(conditions.joined(separator: "\n            AND ")))
        WHERE \(behind)
        ORDER BY \(order) LIMIT :limit
      )
      SELECT
        number, state, parameters, error, judged_number, sort_key,
        (SELECT count(*) FROM trial_attempt WHERE trial_id = trial.id) AS attempts,
        \(Self.duration) AS seconds,
        (SELECT uuid FROM trial_run JOIN run ON run.id = run_id
         WHERE trial_id = trial.id AND computed = 1 ORDER BY run_id DESC LIMIT 1) AS run
      FROM page JOIN trial USING (id)
      ORDER BY \(order)
      """
  }

  private static let duration = """
    (SELECT sum(coalesce(duration_ms, max(coalesce(trial_attempt.ended_ms, started_ms) - started_ms, 0)))
       / 1000.0
     FROM trial_attempt WHERE trial_id = trial.id)
    """
}
