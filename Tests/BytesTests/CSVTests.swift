import Bytes
import Testing

@Suite struct CSVTests {
  func fields(_ text: String) throws -> [[String]] {
    try CSV.records(of: text).map(\.fields)
  }

  @Test("fields, quotes and line ends are read")
  func reading() throws {
    #expect(try fields("a,b\r\n1,\n") == [["a", "b"], ["1", ""]])
    #expect(try fields("\"a,\"\"b\"\"\n\",c\n\nd,e") == [["a,\"b\"\n", "c"], ["d", "e"]])
    #expect(try fields("name\n\"\"\n") == [["name"], [""]])
    #expect(try fields("a,b\r1,2\r\r3,4") == [["a", "b"], ["1", "2"], ["3", "4"]])
    #expect(try fields("") == [])
  }

  @Test("lines are counted whichever way they end", arguments: ["\n", "\r\n", "\r"])
  func lines(end: String) throws {
    let text = ["a", "\"x", "y\"", "", "b", ""].joined(separator: end)
    let records = try CSV.records(of: text)
    #expect(records.map(\.line) == [1, 2, 5])
    #expect(records[1].fields == ["x\(end)y"])
  }

  @Test("fields may be delimited by another character")
  func delimiters() throws {
    let records = try CSV.records(of: "a;b\n\"1;2\";0,5\n", delimiter: UInt8(ascii: ";"))
    #expect(records.map(\.fields) == [["a", "b"], ["1;2", "0,5"]])
  }

  @Test("what is no CSV is refused", arguments: ["a\"b", "\"a\"b", "\"a", "x\n\"a"])
  func refused(text: String) {
    #expect(throws: CSVProblem.self) { try fields(text) }
  }

  @Test(
    "a field is read as it was written",
    arguments: ["plain", "a,b", "\"", "\"\u{301}", "a\r\nb", ""])
  func writing(text: String) throws {
    let line = CSV.field(text) + "," + CSV.field("x") + "\n"
    #expect(try fields(line) == [[text, "x"]])
  }
}
