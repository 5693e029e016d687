extension Table {
  /// A Markdown table under its title.
  func renderedMarkdown() -> String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    let rule = "|" + columns.map { $0.format.isAlignedLeft ? " --- |" : " ---: |" }.joined()
    let table = ([line(columns.map(\.heading)), rule] + typeset.map(line)).joined(separator: "\n")
    let parts = [title.isEmpty ? "" : "**\(title)**", table] + notes
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }
}
