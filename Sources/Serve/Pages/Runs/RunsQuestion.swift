internal import Tracker

/// What the list of runs is asked for, as its address has it.
struct RunsQuestion {
  /// Which runs, and in which order.
  let selection: RunSelection
  /// Expressions that are shown beside the usual columns.
  let columns: [String]
  /// The expression that runs are grouped by; nil: they are not.
  let key: String?
  /// The key that the table is ordered by; nil: the newest come first.
  let sort: String?

  /// How many runs a page lists.
  static let runsOfPage = 100
  /// How many groups there are at most.
  static let mostGroups = 500
  /// How many columns one can choose.
  private static let mostColumns = 40
  /// The keys of columns that every list has, with what they stand for.
  private static let usualKeys = ["created": "record_number", "duration": "duration_seconds"]

  init(_ visit: Visit) {
    let request = visit.request
    columns = request.values("column").map { $0.trimming(\.isWhitespace) }
      .reduce(into: []) { known, name in
        if !name.isEmpty, !known.contains(name), known.count < Self.mostColumns {
          known.append(name)
        }
      }
    key = visit.given("by")
    sort = visit.given("sort")
    var selection = RunSelection()
    selection.kind = visit.given("kind")
    selection.state = visit.given("state").flatMap(RunState.init(rawValue:))
    selection.condition = visit.given("where")
    selection.includesTrials = visit.given("trials") != nil
    selection.aside = visit.given("aside").flatMap(RunSelection.Aside.init(rawValue:)) ?? .none
    if let group = visit.given("group") {
      selection.furtherConditions.append("group_name = \(Self.quoted(group, "'"))")
    }
    if let tag = visit.given("tag") {
      selection.furtherConditions.append(Self.quoted("tag.\(tag)", "\""))
    }
    if let dataset = visit.given("dataset") {
      selection.furtherConditions.append("parameter.dataset = \(Self.quoted(dataset, "'"))")
    }
    selection.isDescending = visit.given("order") == "descending"
    if let sort { selection.order = Self.usualKeys[sort] ?? sort }
    if key == nil {
      // One more tells whether there are more.
      selection.limit = Self.runsOfPage + 1
      selection.after = visit.given("after")
    } else {
      selection.limit = Self.mostGroups
      // Groups are ordered by their keys, unless one of their columns is chosen.
      if sort == nil || sort == key { selection.order = nil }
    }
    self.selection = selection
  }

  /// The expressions as a list; nil: there are none.
  var columnList: String? { columns.isEmpty ? nil : columns.joined(separator: ", ") }

  /// A text in quotes, as SQL has it.
  static func quoted(_ text: String, _ quote: String) -> String {
    quote + text.replacing(quote, with: quote + quote) + quote
  }

  /// A metric or a parameter as an expression over runs.
  static func expression(_ scope: String, _ name: String) -> String {
    let isPlain =
      name.utf8.allSatisfy {
        ("a"..."z").contains(Character(Unicode.Scalar($0)))
          || ("A"..."Z").contains(Character(Unicode.Scalar($0)))
          || ("0"..."9").contains(Character(Unicode.Scalar($0))) || $0 == UInt8(ascii: "_")
      } && name.first.map { !$0.isNumber } ?? false
    return isPlain ? "\(scope).\(name)" : quoted("\(scope).\(name)", "\"")
  }
}
