import Foundation
import TestSupport
import Testing

/// The help of every command there is, as the command itself lists them.
@Suite struct HelpTests {
  @Test("every command explains itself, with an example, in lines that fit")
  func help() throws {
    let commands = try CommandTree.ofProgram().commands(hidden: true)
    #expect(commands.count > 40)
    for words in commands {
      let result = try run(Assay.executable ?? "assay", words + ["--help"])
      #expect(result.status == 0 && result.error.isEmpty, "\(words): \(result.error)")
      #expect(result.output.contains("Example: assay"), "\(words)")
      // The parser writes USAGE on one line.
      let lines = result.output.split(separator: "\n").filter { !$0.hasPrefix("USAGE: ") }
      let widest = try #require(lines.max { $0.count < $1.count })
      #expect(widest.count <= 100, "\(words): \(widest)")
    }
  }

  @Test("every command is named in the README or the guide")
  func documents() throws {
    // The list of all commands is made from the program itself.
    let lines = try Document.all().filter { !$0.path.hasPrefix("docs/reference/") }.flatMap {
      $0.text.split(separator: "\n")
    }
    for words in try CommandTree.ofProgram().commands(hidden: false).dropFirst() {
      let verb = try Regex("\\bassay \(words.joined(separator: " "))\\b")
      #expect(lines.contains { $0.contains(verb) }, "\(words)")
    }
  }
}
