import Serve
import Testing

@Suite struct PercentCodingTests {
  @Test(
    "names in addresses are decoded as they were coded",
    arguments: ["a", "a b/c", "ä€😀", "%41", "a+b&c=d", "..", "\u{0}\u{1f}"])
  func roundTrip(name: String) {
    let coded = PercentCoding.encoded(name)
    #expect(coded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
    #expect(PercentCoding.decoded(coded) == name)
  }

  @Test("what is no code is refused", arguments: ["%", "%4", "%zz", "%ff", "%c3%28"])
  func refusal(text: String) {
    #expect(PercentCoding.decoded(text) == nil)
  }

  @Test("a form's plus is a space, an address's is none")
  func plus() throws {
    #expect(PercentCoding.decoded("a+b") == "a+b")
    let form = try PercentCoding.form("a+b=c%2Bd&e&=f")
    #expect(form.map(\.name) == ["a b", "e", ""])
    #expect(form.map(\.value) == ["c+d", "", "f"])
  }
}
