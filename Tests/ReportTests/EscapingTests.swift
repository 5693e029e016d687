import Report
import SQLite
import Testing

/// Names and texts from outside, in every format, stay one cell and no markup.
@Suite struct EscapingTests {
  /// A table whose title, note, heading and cell are the text.
  func rendered(_ text: String, as format: TableFormat) -> String {
    Table(
      title: text, notes: [text],
      columns: [.init("name", text, .text), .init("value", "value", .integer)],
      rows: [[.text(text), .integer(7)]]
    ).rendered(as: format)
  }

  func cell(_ text: String, as format: TableFormat) -> String {
    Table(
      title: "", columns: [.init("name", "name", .text)], rows: [[.text(text)]]
    ).rendered(as: format)
  }

  @Test("Markdown has no HTML, no markup and no second row from a name")
  func markdown() {
    let name = "<script>alert(1)</script> a|b `c` *d* _e_ [f](g) $h$\r\n# i"
    let text = rendered(name, as: .markdown)
    #expect(!text.contains("<script") && !text.contains("\n#"))
    #expect(text.contains("&lt;script&gt;alert(1)&lt;/script&gt; a\\|b \\`c\\` \\*d\\* \\_e\\_ "))
    #expect(text.contains("\\[f\\](g) \\$h\\$\\\\r\\\\n# i | 7 |\n"))
    #expect(cell("softmax_std", as: .markdown).contains("| softmax_std |"))
  }

  @Test("a mark behind a character does not hide the character from escaping")
  func combiningMarks() {
    let accent = "\u{301}"
    #expect(cell("a|\(accent)b", as: .markdown).unicodeScalars.contains("\\"))
    #expect(Array(cell("\"\(accent)", as: .csv).utf8).filter { $0 == 34 }.count == 4)
    #expect(cell("a&\(accent)", as: .latex).contains("\\&"))
    #expect(cell("a\r\n\tb\\", as: .tsv) == "name\na\\r\\n\\tb\\\\\n")
    #expect(cell("<\(accent)b>", as: .html).contains("&lt"))
  }

  @Test("LaTeX has what its fonts lack as a code, and the rest as it is")
  func latex() {
    #expect(cell("naïve Łódź ε=0.3", as: .latex).contains("naïve Łódź $\\varepsilon$=0.3"))
    #expect(cell("e\u{301}", as: .latex).contains("\u{E9}"))
    #expect(cell("中 😀", as: .latex).contains("U+4E2D U+1F600"))
    #expect(cell("\\input{x}\n%", as: .latex).contains("\\textbackslash{}input\\{x\\}"))
  }

  @Test(
    "in what people read, control characters are codes and a row is a line",
    arguments: [TableFormat.text, .markdown, .latex, .html])
  func controls(format: TableFormat) {
    let text = rendered("a\u{1B}[31m\r\nb\u{202E}c\u{9B}\u{2028}d", as: format)
    let plain = rendered("abcd", as: format)
    let controls: (Unicode.Scalar) -> Bool = {
      ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value)
        || [0x202E, 0x2028].contains($0.value)
    }
    #expect(!text.unicodeScalars.contains(where: controls))
    #expect(
      text.unicodeScalars.filter { $0 == "\n" }.count
        == plain.unicodeScalars.filter { $0 == "\n" }.count)
    #expect(text.contains("x1b"))
  }

  @Test("machines' formats keep every character and mark NaN as missing")
  func machines() {
    let text = "=1+1\u{1B}\r\n\u{202E}"
    #expect(cell(text, as: .csv) == "name\r\n\"\(text)\"\r\n")
    #expect(cell(text, as: .json).contains(#"=1+1\u001b\r\n"#))
    let numbers = Table(
      title: "", columns: [.init("a", "a", .mixed), .init("b", "b", .mixed)],
      rows: [[.real(.nan), .real(.infinity)]])
    #expect(numbers.rendered(as: .json).contains(#""a": null, "b": 9e999"#))
    #expect(numbers.rendered(as: .csv) == "a,b\r\n,Inf\r\n")
    #expect(numbers.rendered(as: .text).contains("—"))
  }
}
