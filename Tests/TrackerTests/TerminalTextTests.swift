import Testing
import Tracker

@Suite struct TerminalTextTests {
  @Test(
    "what would move the cursor, colour, break a line or turn the writing is shown as its code",
    arguments: [
      ("plain words, ünïcode 中文 😀 👩‍👩‍👧", "plain words, ünïcode 中文 😀 👩‍👩‍👧"),
      ("a\r\nb\tc", #"a\r\nb\tc"#), ("\u{1B}[2J\u{7}\u{0}", #"\x1b[2J\x07\x00"#),
      ("\u{9B}31m\u{7F}\u{85}", #"\x9b31m\x7f\x85"#),
      ("evil\u{202E}gpj.exe\u{2066}", #"evil\u{202e}gpj.exe\u{2066}"#),
      ("a\u{2028}b\u{2029}\u{FEFF}\u{200F}", #"a\u{2028}b\u{2029}\u{feff}\u{200f}"#),
      ("tag\u{E0041}", #"tag\u{e0041}"#), (#"C:\new"#, #"C:\new"#),
    ])
  func terminalText(text: String, shown: String) {
    #expect(text.terminalText == shown)
  }
}
