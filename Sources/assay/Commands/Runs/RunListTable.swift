import Report
import SQLite
import Tracker

/// Runs as people are shown them: no zero where there is nothing to say.
struct RunListTable {
  let rows: [[SQLValue]]
  let columns: [String]
  /// What the order is by, where that is none of the usual columns, and its value of each row.
  var key: (name: String, values: [SQLValue])?

  /// The columns that every list has.
  static let usualColumns: Set<String> = ["run", "kind", "name", "state", "seed", "created"]
  /// How much of a command is shown, in columns.
  private static let commandWidth = 36

  func table(notes: [String]) -> Table {
    var columns: [Table.Column] = [
      .init("run", "run", .run), .init("kind", "kind", .text), .init("what", "what", .text),
      .init("state", "state", .text),
    ]
    let seeds = rows.map { value("seed", of: $0) }
    let hasSeeds = seeds.contains { $0 != .null }
    if hasSeeds { columns.append(.init("seed", "seed", .text)) }
    columns += [
      .init("created", "created (UTC)", .text), .init("duration", "duration", .text),
    ]
    var shown = rows.map { row -> [SQLValue] in
      let value = { (name: String) in self.value(name, of: row) }
      let created = (value("created").text ?? "").prefix(16)
      let head = [value("run"), value("kind"), .text(what(row)), value("state")]
      let times = [.text(String(created).replacing("T", with: " ")), duration(row)]
      return head + (hasSeeds ? [value("seed")] : []) + times
    }
    func add(_ column: Table.Column, _ values: [SQLValue]) {
      columns.append(column)
      for (place, value) in values.enumerated() { shown[place].append(value) }
    }
    let shares = rows.map(share)
    if shares.contains(where: { $0 != nil }) {
      add(.init("done", "done", .text), shares.map { $0.map(SQLValue.text) ?? .null })
    }
    let tags = rows.map(tags)
    if tags.contains(where: { !$0.isEmpty }) {
      add(.init("tags", "tags", .text), tags.map { $0.isEmpty ? .null : .text($0) })
    }
    for (name, heading) in [("group_name", "group"), ("hidden", "put aside")] {
      let values = rows.map { value(name, of: $0) }
      if values.contains(where: { $0 != .null }) { add(.init(name, heading, .text), values) }
    }
    if let key { add(.init(key.name, key.name, .mixed), key.values) }
    return Table(title: "", notes: notes, columns: columns, rows: shown)
  }

  private func tags(_ row: [SQLValue]) -> String {
    let list = value("tags", of: row).text.flatMap { try? JSONValue(parsing: $0) }
    guard case .array(let tags)? = list else { return "" }
    return tags.compactMap(\.string).joined(separator: ", ")
  }

  private func value(_ name: String, of row: [SQLValue]) -> SQLValue {
    columns.firstIndex(of: name).map { row[$0] } ?? .null
  }

  /// The user's own name, and what tells the run from others.
  private func what(_ row: [SQLValue]) -> String {
    let name = value("name", of: row).text
    var details = value("details", of: row).text
    if value("kind", of: row).text == "program" {
      details = details?.terminalText.prefix(columns: Self.commandWidth)
    }
    guard let name else { return details ?? "" }
    return details.map { "\(name): \($0)" } ?? name
  }

  /// A study's own run joins others and takes no time, nor do those that were imported.
  private func duration(_ row: [SQLValue]) -> SQLValue {
    guard let seconds = value("duration_seconds", of: row).real, seconds >= 0.05 else {
      return .null
    }
    return .text(ProgressBar.duration(seconds))
  }

  /// How much is done of a run that is not finished.
  private func share(_ row: [SQLValue]) -> String? {
    guard value("state", of: row).text != "finished",
      let done = value("progress_done", of: row).integer,
      let total = value("progress_total", of: row).integer, total > 0
    else { return nil }
    return "\(100 * done / total)%"
  }
}
