internal import SQLite
internal import Tracker

/// Finding runs and experiments.
extension MLflowStore {
  /// Which of deleted and other things are found.
  enum View: String {
    case active = "ACTIVE_ONLY"
    case deleted = "DELETED_ONLY"
    case all = "ALL"
  }

  /// Runs that a client looks for, a page at a time.
  ///
  /// - Returns: Their rows, and the place of the next page; nil: that was the last.
  func search(
    _ numbers: [String], filter: String, order: [String], view: View, limit: Int64, offset: Int64
  ) throws -> (runs: [Int64], next: Int64?) {
    let (names, hasDefault) = try groups(of: numbers)
    guard hasDefault || !names.isEmpty else { return ([], nil) }
    let filter = try MLflowFilter(filter, firstParameter: 4)
    var values =
      [
        .text(JSONValue.array(names.map(JSONValue.string)).canonical), .integer(limit + 1),
        .integer(offset),
      ]
      + filter.values
    var keys: [String] = []
    for entry in order {
      let words = try MLflowFilter.words(of: entry)
      guard let first = words.first, words.count <= 2 else {
        throw HTTPFailure.invalid("Invalid order_by clause '\(entry)'")
      }
      let key = try MLflowKey(first.text).sql { name in
        values.append(.text(name))
        return "?\(values.count)"
      }
      let isDescending = words.count == 2 && words[1].isWord("DESC")
      guard words.count == 1 || isDescending || words[1].isWord("ASC") else {
        throw HTTPFailure.invalid("Invalid ordering key in order_by clause '\(entry)'")
      }
      keys.append("\(key)\(isDescending ? " DESC" : "") NULLS LAST")
    }
    // So runs are ordered anyway; no run is without a time.
    if keys == ["run.created_ms DESC NULLS LAST"] { keys = [] }
    let isByTime = try keys.isEmpty && makeManyOfAll(names)
    keys += ["run.created_ms DESC", "run.uuid"]
    let lifecycle =
      switch view {
      case .active: "run.id NOT IN (SELECT run_id FROM hidden_run WHERE how = 'deleted')"
      case .deleted: "run.id IN (SELECT run_id FROM hidden_run WHERE how = 'deleted')"
      case .all: "TRUE"
      }
    let isNamed = "run_label.group_name IN (SELECT value FROM json_each(?1))"
    let found = try connection.rows(
      """
      SELECT run.id
      FROM run \(hasDefault ? "LEFT" : isByTime ? "CROSS" : "") JOIN run_label ON run_label.run_id = run.id
      WHERE (\(isNamed)\(hasDefault ? " OR run_label.group_name IS NULL" : ""))
        AND \(lifecycle) AND \(filter.sql)
      ORDER BY \(keys.joined(separator: ", ")) LIMIT ?2 OFFSET ?3
      """, values
    ) { try $0.int64(0) }
    let hasMore = found.count > limit
    return (Array(found.prefix(Int(limit))), hasMore ? offset + limit : nil)
  }

  /// Whether the newest runs of some groups are found sooner among all runs, by their time, than among
  /// the groups': they are so many of all that at most some twenty are passed over for each.
  private func makeManyOfAll(_ groups: [String]) throws -> Bool {
    try connection.rows(
      """
      SELECT 20 * count(*) > (SELECT coalesce(max(id), 0) FROM run)
      FROM (
        SELECT 1 FROM run_label WHERE group_name IN (SELECT value FROM json_each(?1))
        LIMIT (SELECT coalesce(max(id), 0) / 20 + 1 FROM run))
      """, [.text(JSONValue.array(groups.map(JSONValue.string)).canonical)]
    ) { try $0.int64(0) == 1 }.first ?? false
  }

  /// Whether an experiment fits a filter over its name, times and tags.
  func matches(_ experiment: MLflowExperiment, _ filter: String) throws -> Bool {
    var words = try MLflowFilter.words(of: filter)[...]
    while let key = words.popFirst(), let sign = words.popFirst(), let value = words.popFirst() {
      var held: String?
      let halves = key.text.split(separator: ".", maxSplits: 1)
      if halves.count == 2, ["tags", "tag"].contains(halves[0].lowercased()) {
        let name = halves[1].trimming { "`\"".contains($0) }
        held = try connection.rows(
          "SELECT value FROM experiment_tag WHERE experiment_id = ? AND name = ?",
          [.integer(experiment.row ?? -1), .text(name)]
        ) { try $0.text(0) }.first
      } else {
        switch halves.last?.lowercased() {
        case "name": held = experiment.name
        case "experiment_id": held = experiment.number
        case "creation_time": held = String(experiment.createdMilliseconds)
        case "last_update_time": held = String(experiment.changedMilliseconds)
        default: throw HTTPFailure.invalid("Invalid attribute key '\(key.text)' specified")
        }
      }
      guard let held, try Self.holds(held, sign.text.uppercased(), value) else { return false }
      if let joint = words.popFirst(), !joint.isWord("AND") {
        throw HTTPFailure.invalid("Invalid clause(s) in filter string: expected AND")
      }
    }
    return true
  }

  private static func holds(_ held: String, _ sign: String, _ value: MLflowFilter.Word) throws
    -> Bool
  {
    if value.kind == .number, let left = Double(held), let right = Double(value.text) {
      switch sign {
      case "<": return left < right
      case "<=": return left <= right
      case ">": return left > right
      case ">=": return left >= right
      case "=": return left == right
      case "!=": return left != right
      default: break
      }
    }
    switch sign {
    case "=": return held == value.text
    case "!=": return held != value.text
    case "LIKE": return isLike(Array(held), Array(value.text))
    case "ILIKE": return isLike(Array(held.lowercased()), Array(value.text.lowercased()))
    default: throw HTTPFailure.invalid("Invalid comparison operator '\(sign)' in filter string")
    }
  }

  /// Whether a text fits a pattern, in which % stands for any text and _ for any character.
  private static func isLike(_ text: [Character], _ pattern: [Character]) -> Bool {
    // The places in the pattern that the text so far leads to.
    func skipping(_ places: Set<Int>) -> Set<Int> {
      var all = places
      for place in places.sorted() {
        var place = place
        while place < pattern.count, pattern[place] == "%" {
          place += 1
          all.insert(place)
        }
      }
      return all
    }
    var places = skipping([0])
    for character in text {
      places = skipping(
        Set(
          places.compactMap { place in
            guard place < pattern.count else { return nil }
            if pattern[place] == "%" { return place }
            return pattern[place] == "_" || pattern[place] == character ? place + 1 : nil
          }))
    }
    return places.contains(pattern.count)
  }
}
