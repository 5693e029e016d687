import Interchange
import Testing

@Suite struct CSVTests {
  func fields(_ text: String) throws -> [[String]] {
    try CSV.records(from: Array(text.utf8), file: "a.csv").map(\.fields)
  }

  @Test("fields, quotes and line ends are read")
  func reading() throws {
    #expect(try fields("a,b\r\n1,\n") == [["a", "b"], ["1", ""]])
    #expect(try fields("\"a,\"\"b\"\"\n\",c\n\nd,e") == [["a,\"b\"\n", "c"], ["d", "e"]])
    #expect(try fields("\u{FEFF}name\n\"\"\n") == [["name"], [""]])
    #expect(try fields("") == [])
    let records = try CSV.records(from: Array("a\n\"x\ny\"\nb\n".utf8), file: "")
    #expect(records.map(\.line) == [1, 2, 4])
  }

  @Test("what is no CSV is refused", arguments: ["a\"b", "\"a\"b", "\"a", "x\n\"a"])
  func refused(text: String) {
    #expect(throws: InterchangeError.self) { try fields(text) }
  }

  @Test("bytes that are no text are refused")
  func noText() {
    #expect(throws: InterchangeError.self) { try CSV.records(from: [0xFF, 0xFE], file: "") }
  }
}
