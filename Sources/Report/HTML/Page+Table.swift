internal import SQLite
internal import Tracker

extension Page {
  /// A table in a box of its own that scrolls; its heads sort it where scripts run.
  func html(_ table: Table) -> String {
    let attacks = Set(runs.records.map { $0.text("attack") }).subtracting([""])
    let byHeading = Dictionary(
      attacks.sorted().map { (AttackName.heading($0), $0) }, uniquingKeysWith: { first, _ in first }
    )
    let sides = table.columns.map { $0.isOfWords(in: table) ? " class=\"left\"" : "" }
    let heads = table.columns.indices.map { index in
      let heading = table.columns[index].heading
      // A column without a heading has the names of the lines.
      return heading.isEmpty
        ? "<td\(sides[index])></td>"
        : "<th scope=\"col\"\(sides[index])><span>\(breakable(heading))</span></th>"
    }
    let typeset = table.typeset
    let rows = table.rows.indices.map { row in
      let values = table.rows[row]
      // The attack that a number is about is its column's, or the one that its row names.
      let own = values.lazy.compactMap(\.text).compactMap {
        attacks.contains($0) ? $0 : byHeading[$0]
      }.first
      let cells = table.columns.indices.map { index in
        let name = table.columns[index].name
        let attributes = [
          ("attack", attacks.contains(name) ? name : own),
          ("value", values[index].real.map { "\($0)" }),
          ("detail", table.details.isEmpty ? nil : table.details[row][index]),
        ].compactMap { key, text in
          text.flatMap { $0.isEmpty ? nil : " data-\(key)=\"\(SVG.escaped($0))\"" }
        }.joined()
        let cell = SVG.escaped(typeset[row][index])
        return index == 0
          ? "<th scope=\"row\"\(attributes)\(sides[index])>\(cell)</th>"
          : "<td\(attributes)\(sides[index])>\(cell)</td>"
      }
      return "<tr>" + cells.joined() + "</tr>"
    }
    return scrolling(
      "<table>\n<thead><tr>\(heads.joined())</tr></thead>\n<tbody>\n"
        + rows.joined(separator: "\n") + "\n</tbody>\n</table>", title: table.title)
  }

  /// A heading that may be broken behind the dots and underscores of a parameter's name.
  private func breakable(_ heading: String) -> String {
    let words = text(heading)
    guard words.contains(where: { $0 == "." || $0 == "_" }) else { return words }
    return words.replacing(/[._](?=[a-z])/) { "\($0.0)<wbr>" }
  }

  /// A box that scrolls what is wider or longer, and that a keyboard reaches.
  func scrolling(_ table: String, title: String) -> String {
    "<div class=\"scroll\" role=\"region\" aria-label=\"\(text(title))\" tabindex=\"0\">\(table)</div>\n"
  }
}
