import Foundation
import Report
import Serve
import Testing

@Suite struct AssetTests {
  @Test("curves in pages have the colours of figures")
  func colours() throws {
    let style = AssetFile.siteStyle.text
    let names = style.matches(of: /--series-(\d): #([0-9a-f]{6});/)
    // In the light, and in the dark.
    #expect(names.count == 14)
    for name in names.prefix(7) {
      let number = Int(name.output.1) ?? -1
      let color = try #require(UInt32(name.output.2, radix: 16))
      #expect(Ink.series(number).light == RGB(color), "series \(number)")
    }
  }

  @Test(
    "nothing in style sheets and scripts refers to anything outside", arguments: AssetFile.allCases)
  func references(file: AssetFile) {
    let text = file.text.replacing("http://www.w3.org/2000/svg", with: "")
    #expect(!text.contains("http:") && !text.contains("https:") && !text.contains("@import"))
    #expect(!text.contains("eval(") && !text.contains(/innerHTML\s*=[^=]/))
  }

  @Test("a number is shown as a page needs it, and what is no value as none")
  func durations() {
    #expect(Shown.duration(nil).isEmpty && Shown.duration(0.01).isEmpty)
    #expect(
      [0.26, 9.96, 59.2, 61, 3600, 90_000].map { Shown.duration($0) }
        == ["0.3 s", "10.0 s", "59 s", "1 min 1 s", "1 h 0 min", "1 d 1 h"])
    #expect(
      [0, 999, 1234, 123_456, 5_000_000_000].map { Shown.bytes($0) }
        == ["0 B", "999 B", "1.2 kB", "123 kB", "5.0 GB"])
  }
}
