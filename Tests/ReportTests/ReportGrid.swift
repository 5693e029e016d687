import Foundation
import Report
import Tracker

/// A file of a report, read back: its cells by row and column, and the lines that are no cells.
struct ReportGrid: Equatable, Sendable {
  /// One cell.
  struct Cell: Equatable, Sendable {
    /// The table's title and the words that begin the row.
    let row: String
    /// The column's heading.
    let column: String
    /// What the cell says.
    let text: String
  }

  /// The cells in order.
  private(set) var cells: [Cell] = []
  /// The other lines, without those that say where the numbers come from.
  private(set) var lines: [String] = []

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - text: What the file holds.
  ///   - format: The format that it is in.
  init(_ text: String, as format: ReportFormat) {
    switch format {
    case .csv: readRows(Self.records(ofCSV: text))
    case .tsv: readRows(text.split(separator: "\n").map { $0.components(separatedBy: "\t") })
    case .json: readJSON(text)
    case .jsonl: readJSON("[" + text.split(separator: "\n").joined(separator: ",") + "]")
    case .markdown: readMarkdown(text)
    case .latex: readLaTeX(text)
    case .html: readHTML(text)
    case .text: readText(text)
    case .svg, .png, .pdf: break
    }
  }

  /// Adds a row under its headings; its name is its first words.
  private mutating func add(_ row: [String], under headings: [String], of title: String) {
    // Numbers have no two letters in a row: "3e-05", "18 s".
    let words = row.prefix { $0.isEmpty || $0.contains(/\p{L}{2}/) }.filter { !$0.isEmpty }
    let name =
      (title.isEmpty ? [] : [title]) + (words.isEmpty ? [] : [words.joined(separator: " ")])
    for (heading, text) in zip(headings, row) {
      cells.append(Cell(row: name.joined(separator: " / "), column: heading, text: text))
    }
  }

  private mutating func readRows(_ rows: [[String]]) {
    guard let headings = rows.first else { return }
    for (number, row) in rows.dropFirst().enumerated() {
      let words = row.filter { text in
        !text.isEmpty && Double(text) == nil && UUID(uuidString: text) == nil
      }
      let name = "row \(number + 1)" + (words.isEmpty ? "" : ": " + words.joined(separator: " "))
      for (heading, text) in zip(headings, row) {
        cells.append(Cell(row: name, column: heading, text: text))
      }
    }
  }

  private static func records(ofCSV text: String) -> [[String]] {
    var (records, record, field): ([[String]], [String], String) = ([], [], "")
    var isQuoted = false
    var previous: Character?
    for character in text {
      switch character {
      case "\"":
        // Two quotes within a field are one.
        if !isQuoted, previous == "\"" { field.append("\"") }
        isQuoted.toggle()
      case ",", "\r\n", "\n":
        guard !isQuoted else {
          field.append(character)
          break
        }
        record.append(field)
        field = ""
        guard character != "," else { break }
        records.append(record)
        record = []
      default: field.append(character)
      }
      previous = character
    }
    return records
  }

  private mutating func readJSON(_ text: String) {
    // JSON has no infinity; the reader has none either.
    let readable = text.replacing("-9e999", with: "\"-Inf\"").replacing("9e999", with: "\"Inf\"")
    guard let value = try? JSONValue(parsing: readable) else {
      lines = text.split(separator: "\n").map(String.init)
      return
    }
    for (path, leaf) in value.leaves where !path.hasPrefix("provenance.") {
      let names = path.split(separator: ".")
      cells.append(
        Cell(
          row: names.dropLast().joined(separator: " "), column: String(names.last ?? ""),
          text: leaf.string ?? leaf.canonical))
    }
  }

  private static let latexCommands = [
    ("\\textbackslash{}", "\\"), ("\\textasciitilde{}", "~"), ("\\textasciicircum{}", "^"),
    ("\\textless{}", "<"), ("\\textgreater{}", ">"), ("\\textbar{}", "|"), ("''", "\""),
    ("$-$", "−"), ("$\\pm$", "±"), ("$\\infty$", "∞"), ("$\\leq$", "≤"), ("---", "—"),
    ("--", "–"), ("\\dots{}", "…"), ("\\&", "&"), ("\\%", "%"), ("\\$", "$"), ("\\#", "#"),
    ("\\_", "_"), ("\\{", "{"), ("\\}", "}"),
  ]

  private static func unescaped(latex text: String) -> String {
    var (rest, plain) = (text[...], "")
    while let next = rest.first {
      let command = latexCommands.first { rest.hasPrefix($0.0) }
      plain += command?.1 ?? String(next)
      rest = rest.dropFirst(command?.0.count ?? 1)
    }
    return plain
  }

  private static func unescaped(html text: String) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")].reduce(text) {
      $0.replacing($1.0, with: $1.1)
    }
  }

  private static func unescaped(markdown text: String) -> String {
    text.replacing(/\\([^A-Za-z0-9])/) { $0.1 }.replacing("&lt;", with: "<")
      .replacing("&gt;", with: ">").replacing("&amp;", with: "&")
  }

  private mutating func readMarkdown(_ text: String) {
    var (title, headings): (String, [String]?) = ("", nil)
    for line in text.split(separator: "\n").map(String.init) {
      if line.hasPrefix("| ") || line.hasPrefix("|  |") {
        let row = line.replacing("\\|", with: "\u{0}").split(
          separator: "|", omittingEmptySubsequences: false
        ).dropFirst().dropLast().map {
          Self.unescaped(
            markdown: $0.trimmingCharacters(in: .whitespaces).replacing("\u{0}", with: "\\|"))
        }
        if let headings {
          if !row.allSatisfy({ $0.allSatisfy { "-:".contains($0) } && !$0.isEmpty }) {
            add(row, under: headings, of: title)
          }
        } else {
          headings = row
        }
        continue
      }
      headings = nil
      if line.hasPrefix("**"), line.hasSuffix("**") {
        title = String(line.dropFirst(2).dropLast(2))
      }
      if !line.hasPrefix("- "), !line.hasPrefix("Where these") { lines.append(line) }
    }
  }

  private mutating func readLaTeX(_ text: String) {
    var (title, headings): (String, [String]?) = ("", nil)
    for raw in text.split(separator: "\n") {
      // Broken prose.
      let raw = raw.replacing(
        /\\parbox\[t\]\{[0-9]+pt\}\{\\raggedright\\strut (.*?)\\strut\}/
      ) { String($0.1) }.replacing("\\hspace{0pt}", with: "")
      let line = raw.trimmingCharacters(in: .whitespaces)
      if line.hasPrefix("%") { continue }
      if line.hasSuffix(" \\\\") {
        let row = raw.dropFirst(4).dropLast(3).components(separatedBy: " & ").map {
          Self.unescaped(latex: $0)
        }
        if let headings { add(row, under: headings, of: title) } else { headings = row }
        continue
      }
      if let macro = line.wholeMatch(of: /\\newcommand\{\\(\w+)\}\{(.*)\}% (.*)/) {
        cells.append(
          Cell(row: String(macro.1), column: "value", text: Self.unescaped(latex: String(macro.2))))
        cells.append(Cell(row: String(macro.1), column: "exactly", text: String(macro.3)))
        continue
      }
      if line == "\\bottomrule" { headings = nil }
      if let caption = line.wholeMatch(of: /\\caption\{(.*)\}/) {
        title = Self.unescaped(latex: String(caption.1))
      }
      lines.append(line)
    }
  }

  private mutating func readHTML(_ text: String) {
    var (title, headings): (String, [String]) = ("", [])
    var isSource = false
    for line in text.split(separator: "\n").map(String.init) {
      // Where numbers come from stands behind everything else.
      if line.contains("id=\"provenance\"") { isSource = true }
      if !isSource, !line.contains("class=\"source\"") {
        if let name = line.firstMatch(of: /<(?:h3|caption)>(.*)<\/(?:h3|caption)>/) {
          title = Self.unescaped(html: String(name.1))
        }
        let row = line.matches(of: /<t[hd][^>]*>(.*?)<\/t[hd]>/).map {
          Self.unescaped(html: String($0.1).replacing(/<[^>]*>/, with: ""))
        }
        if line.contains("scope=\"col\"") {
          headings = row
        } else if !row.isEmpty {
          add(row, under: headings, of: title)
        } else {
          lines.append(line)
        }
      }
    }
  }

  private mutating func readText(_ text: String) {
    let all = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0) }
    var (title, headings, places): (String, [String], [Range<Int>]) = ("", [], [])
    for (number, line) in all.enumerated() {
      if String(line).hasPrefix("From database ") { break }
      if line.isRule {
        places = line.columns
        headings = places.map { all[number - 1].cell($0) }
        title = number > 1 ? String(all[number - 2]) : ""
      } else if number + 1 < all.count, all[number + 1].isRule {
        continue
      } else if !places.isEmpty, line.fits(places) {
        add(places.map { line.cell($0) }, under: headings, of: title)
      } else {
        places = []
        if !line.isEmpty { lines.append(String(line)) }
      }
    }
  }
}

extension [Character] {
  /// Whether it is the line between headings and rows.
  fileprivate var isRule: Bool { contains("─") && allSatisfy { $0 == "─" || $0 == " " } }

  /// Where the columns under a rule are.
  fileprivate var columns: [Range<Int>] {
    var (ranges, start): ([Range<Int>], Int?) = ([], nil)
    for (place, character) in (self + [" "]).enumerated() {
      if character == "─", start == nil { start = place }
      if character == " ", let begin = start {
        ranges.append(begin..<place)
        start = nil
      }
    }
    return ranges
  }

  /// Whether there is nothing between the columns.
  fileprivate func fits(_ columns: [Range<Int>]) -> Bool {
    !isEmpty && count <= (columns.last?.upperBound ?? 0)
      && zip(columns, columns.dropFirst()).allSatisfy { left, right in
        (left.upperBound..<right.lowerBound).allSatisfy { $0 >= count || self[$0] == " " }
      }
  }

  /// What stands in a column.
  fileprivate func cell(_ column: Range<Int>) -> String {
    guard column.lowerBound < count else { return "" }
    return String(self[column.clamped(to: 0..<count)]).trimmingCharacters(in: .whitespaces)
  }
}
