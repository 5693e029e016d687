import Report
import SQLite
import Testing
import Tracker

/// Tables on paper; that they compile and fit is seen by the check of reports, with a real TeX.
@Suite struct LaTeXTests {
  func latex(
    _ part: StudyReport.Part, protocolName: String? = "paper", style: LaTeXStyle = LaTeXStyle()
  ) throws -> String {
    let fixture = try StudyFixture(measure: ("deterministic_max_probability", "low"))
    return try StudyReport(
      tracker: fixture.tracker, study: fixture.tracker.run(uuid: StudyFixture.study),
      protocolName: protocolName, attackOrder: StudyFixture.attacks,
      options: ReportOptions(latex: style)
    ).rendered(part, as: .latex)
  }

  @Test("a float is as wide as is asked for, and hides nothing that is too wide")
  func floats() throws {
    #expect(try latex(.table2).contains("\\begin{table}[htbp]"))
    #expect(try latex(.table2, style: LaTeXStyle(columns: .one)).contains("\\begin{table}[htbp]"))
    #expect(try latex(.table2, style: LaTeXStyle(columns: .two)).contains("\\begin{table*}[htbp]"))
    for columns in LaTeXStyle.Columns.allCases {
      for part in StudyReport.Part.allCases where part != .seeds {
        let text = try latex(part, style: LaTeXStyle(columns: columns))
        #expect(!text.contains("\\makebox") && !text.contains("\\resizebox"))
      }
    }
  }

  @Test("captions begin with a capital letter, and measures have titles")
  func words() throws {
    #expect(try latex(.table1).contains("\\caption{Classification accuracy of the undefended"))
    let measures = try latex(.measures)
    #expect(measures.contains("max. probability, no dropout"))
    #expect(!measures.contains("deterministic"))
  }

  @Test("caption and label are the author's, for one table")
  func captionAndLabel() throws {
    let style = LaTeXStyle(caption: "Detection at $\\epsilon = 0.3$", label: "tab:mine")
    let text = try latex(.table2, style: style)
    #expect(text.contains("\\caption{Detection at $\\epsilon = 0.3$}\n  \\label{tab:mine}\n"))
    #expect(throws: ReportError.severalTables(2)) {
      try latex(.table2, protocolName: nil, style: style)
    }
  }

  @Test("a table longer than a page is set in parts, each a float with a name of its own")
  func long() throws {
    let table = Table(
      title: "Many", columns: [.init("name", "name", .text), .init("x", "x", .integer)],
      rows: (0..<100).map { [.text("row \($0)"), .integer(Int64($0))] })
    let text = table.rendered(as: .latex)
    #expect(text.matches(of: /\\begin\{table\}/).count == 3)
    #expect(text.contains("\\caption{Many (1 of 3)}") && text.contains("\\caption{Many (3 of 3)}"))
    #expect((0..<100).allSatisfy { text.contains("row \($0) &") })
  }

  @Test("long words are broken where they must be")
  func longWords() {
    let name = String(repeating: "unbreakable_name", count: 12)
    let table = Table(
      title: "", columns: [.init("name", "name", .text), .init("x", "x", .integer)],
      rows: [[.text(name), .integer(1)]])
    #expect(table.rendered(as: .latex).contains("\\parbox[t]{"))
    #expect(table.rendered(as: .latex).contains("u\\hspace{0pt}n\\hspace{0pt}b"))
  }
}
