internal import SQLite
internal import Tracker

/// The runs whose results a run used, and those that used its own, with how they hang together.
struct Lineage {
  /// A run in it.
  struct Member {
    let run: String
    let kind: String
    let name: String?
    let state: String
    /// Its column in a drawing: each run stands behind all whose results it used.
    var column = 0
  }

  /// One run's use of another's results.
  struct Link {
    let user: String
    let role: String
    let used: String
  }

  private(set) var members: [Member] = []
  private(set) var links: [Link] = []
  /// Whether there are more than are shown.
  let isCut: Bool

  /// As many runs are shown.
  private static let mostMembers = 60
  /// So many steps away from the run.
  private static let farthest = 8

  init(of run: Run, in tracker: Tracker) throws {
    func reached(_ next: String, _ condition: String) throws -> [String] {
      try tracker.read { connection in
        try connection.rows(
          """
          WITH RECURSIVE reached (run, depth) AS (
            SELECT ?1, 0
            UNION
            SELECT lineages.\(next), depth + 1
            FROM reached JOIN lineages ON lineages.\(condition) = reached.run
            WHERE depth < \(Self.farthest)
            LIMIT 400)
          SELECT run FROM reached GROUP BY run ORDER BY min(depth), run LIMIT \(Self.mostMembers + 1)
          """, [.text(run.uuid)]
        ) { try $0.text(0) }
      }
    }
    let found = try (reached("parent", "run"), reached("run", "parent"))
    isCut = max(found.0.count, found.1.count) > Self.mostMembers
    let all = Set(found.0.prefix(Self.mostMembers) + found.1.prefix(Self.mostMembers))
    guard all.count > 1 else { return }
    let list = JSONValue.array(all.sorted().map(JSONValue.string)).canonical
    (members, links) = try tracker.read { connection in
      let members = try connection.rows(
        """
        SELECT runs.run, kind, name, state
        FROM json_each(?1) AS wanted CROSS JOIN runs ON runs.run = wanted.value
        WHERE hidden IS NOT 'deleted' ORDER BY record_number
        """, [.text(list)]
      ) {
        Member(
          run: try $0.text(0), kind: try $0.text(1), name: $0.value(2).text, state: try $0.text(3))
      }
      let links = try connection.rows(
        """
        SELECT lineages.run, role, lineages.parent
        FROM json_each(?1) AS wanted CROSS JOIN lineages ON lineages.run = wanted.value
        """, [.text(list)]
      ) { Link(user: try $0.text(0), role: try $0.text(1), used: try $0.text(2)) }
      let known = Set(members.map(\.run))
      return (members, links.filter { known.contains($0.user) && known.contains($0.used) })
    }
    placeColumns()
  }

  /// Runs are in the order of their recording, so what a run used comes before it.
  private mutating func placeColumns() {
    var columns: [String: Int] = [:]
    let uses = Dictionary(grouping: links, by: \.user)
    for place in members.indices {
      let before = (uses[members[place].run] ?? []).map { (columns[$0.used] ?? -1) + 1 }
      members[place].column = before.max() ?? 0
      columns[members[place].run] = members[place].column
    }
  }
}

extension Lineage {
  private static let (width, height, across, down) = (168.0, 40.0, 52.0, 12.0)

  /// The drawing: a box a run, from what was used on the left to what used it on the right.
  func drawing(around run: String, _ visit: Visit) -> HTML {
    var rows: [Int: Int] = [:]
    var places: [String: (x: Double, y: Double)] = [:]
    for member in members {
      let row = rows[member.column, default: 0]
      rows[member.column] = row + 1
      places[member.run] = (
        Double(member.column) * (Self.width + Self.across) + 2,
        Double(row) * (Self.height + Self.down) + 2
      )
    }
    let columnCount = Double((rows.keys.max() ?? 0) + 1)
    let width = columnCount * (Self.width + Self.across) - Self.across + 4
    let height = Double(rows.values.max() ?? 1) * (Self.height + Self.down) - Self.down + 4
    let lines = links.compactMap { link -> HTML? in
      guard let from = places[link.used], let to = places[link.user] else { return nil }
      let (x0, y0) = (from.x + Self.width, from.y + Self.height / 2)
      let (x1, y1) = (to.x, to.y + Self.height / 2)
      let bend = max(24, (x1 - x0) / 2)
      return """
        <path class="link" d="M\(x0) \(y0)C\(x0 + bend) \(y0) \(x1 - bend) \(y1) \(x1) \(y1)">\
        <title>\(link.role)</title></path>
        """
    }
    let boxes = members.compactMap { member -> HTML? in
      guard let place = places[member.run] else { return nil }
      let mark: HTML = member.run == run ? " own" : ""
      let name = member.name ?? ""
      let below = String(member.run.prefix(8)) + (name.isEmpty ? "" : " \(name)")
      let shown = below.count > 23 ? below.prefix(22) + "…" : below[...]
      return """
        <a href="\(visit.link("runs", member.run))" class="member\(mark)">
        <title>\(member.kind) \(member.run.prefix(8)) \(name), \(member.state)</title>
        <rect x="\(place.x)" y="\(place.y)" width="\(Self.width)" height="\(Self.height)" rx="6"></rect>
        <circle class="state \(member.state)" cx="\(place.x + 12)" cy="\(place.y + 14)" r="4"></circle>
        <text class="kind" x="\(place.x + 22)" y="\(place.y + 18)">\(member.kind)</text>
        <text x="\(place.x + 12)" y="\(place.y + 33)">\(shown)</text></a>

        """
    }
    let note: HTML = isCut ? "<p class=\"muted\">More than these are related to it.</p>" : .empty
    return """
      <div class="scroll lineage" role="region" aria-label="Lineage" tabindex="0">
      <svg width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" role="group" \
      aria-label="Runs whose results this one used, and that used its results">\(lines)\(boxes)</svg></div>\(note)
      """
  }
}
