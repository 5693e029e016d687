internal import SQLite
internal import Tracker

extension Table {
  /// A table to put into a page; its exact numbers are attributes.
  func renderedHTML() -> String {
    let (cells, headings) = (typeset, headings)
    func side(_ column: Int) -> String {
      columns[column].isOfWords(in: self) ? "" : " style=\"text-align: right\""
    }
    let heads = columns.indices.map {
      "<th scope=\"col\"\(side($0))>\(SVG.escaped(headings[$0]))</th>"
    }
    let lines = rows.indices.map { row in
      let line = columns.indices.map { column in
        let value = rows[row][column]
        let number = value.integer.map(String.init) ?? value.real.map { "\($0)" }
        let exact = number.map { " data-value=\"\($0)\"" } ?? ""
        return "<td\(exact)\(side(column))>\(SVG.escaped(cells[row][column]))</td>"
      }
      return "<tr>" + line.joined() + "</tr>"
    }
    let caption = title.isEmpty ? "" : "<caption>\(SVG.escaped(title.terminalText))</caption>\n"
    let notes = notes.map { "<p>\(SVG.escaped($0.terminalText))</p>\n" }.joined()
    return "<table>\n\(caption)<thead>\n<tr>\(heads.joined())</tr>\n</thead>\n<tbody>\n"
      + lines.map { $0 + "\n" }.joined() + "</tbody>\n</table>\n" + notes
  }
}
