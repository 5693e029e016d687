internal import SQLite
internal import Tracker

/// What the page for SQL is asked, as its address has it: a text of the user's own, or a query by name.
struct SQLQuestion {
  /// The query; nil: nothing is asked yet.
  let query: NamedQuery?
  /// The text that the editor holds.
  let text: String
  /// Whether the query has a name.
  let isNamed: Bool
  /// How many rows are shown at most.
  let rowLimit: Int
  /// How long it may take, in seconds.
  let seconds: Double

  static let rowLimits = [100, 1000, 10_000]
  static let timeLimits = [2, 10, 25]
  /// A download may take longer.
  static let downloadSeconds = 300.0

  /// - Throws: ``TrackerError/unknownQuery(name:known:)``.
  init(_ visit: Visit) throws {
    let own = visit.request.value("q")?.replacing("\r\n", with: "\n")
    if let name = visit.given("name") {
      query = try QueryCatalogue().query(named: name)
      isNamed = true
      text = own ?? ""
    } else {
      let isAsked = own?.contains { !$0.isWhitespace } ?? false
      query = isAsked ? own.map { NamedQuery(name: "of this page", sql: $0) } : nil
      isNamed = false
      text = own ?? ""
    }
    rowLimit =
      visit.given("rows").flatMap(Int.init).flatMap {
        Self.rowLimits.contains($0) ? $0 : nil
      } ?? 1000
    seconds = Double(
      visit.given("seconds").flatMap(Int.init).flatMap {
        Self.timeLimits.contains($0) ? $0 : nil
      } ?? 10)
  }

  /// The values that the address gives the query's parameters.
  ///
  /// - Throws: `TrackerError` or `SQLiteError`.
  func values(_ visit: Visit, in tracker: Tracker) throws -> [String: SQLValue] {
    guard let query else { return [:] }
    let known = try tracker.read { try $0.cursor(query.sql).parameters }
    var values: [String: SQLValue] = [:]
    for name in known {
      guard let text = visit.request.value("p-" + name), !text.isEmpty else { continue }
      guard let parameter = query.parameters.first(where: { $0.name == name }) else {
        values[name] = QueryParameter.guessed(text)
        continue
      }
      if case .run = parameter.kind {
        values[name] = try parameter.value(of: tracker.run(matching: text))
      } else {
        values[name] = try parameter.value(of: text)
      }
    }
    return values
  }
}
