import Foundation
import TestSupport
import Testing

/// The help of every command there is, as the command itself lists them.
@Suite(.startsPrograms) struct HelpTests {
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
    let calls = try Document.all().filter { !$0.path.hasPrefix("docs/reference/") }.flatMap {
      $0.text.matches(of: /\bassay((?: [a-z][a-z-]*)+)/).map { $0.output.1.split(separator: " ") }
    }
    for words in try CommandTree.ofProgram().commands(hidden: false).dropFirst() {
      #expect(calls.contains { $0.map(String.init).starts(with: words) }, "\(words)")
    }
  }

  @Test("the program's help names every command by its group, on a screen of 24 lines")
  func root() throws {
    let help = try run(Assay.executable ?? "assay", ["--help"])
    let lines = help.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 24)
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines.filter { $0.count > 80 })")
    for command in try CommandTree.ofProgram().commands(hidden: false) where command.count == 1 {
      let line = try Regex("^(\\w+)? +([a-z, ]+, )?\(command[0])(, [a-z, ]+)? +[A-Z]")
      #expect(lines.contains { $0.contains(line) }, "\(command)")
    }
    #expect(try run(Assay.executable ?? "assay", ["help"]).output == help.output)
    #expect(try run(Assay.executable ?? "assay", []).output == help.output)
  }

  @Test("there is a manual page for every command, with its environment and exit codes")
  func manual() throws {
    let directory = try TemporaryDirectory()
    let program = try #require(Assay.executable)
    let script = packageRoot.appending(path: "docs/generators/manual.py").path
    let made = try run("python3", [script, program, directory.path("man")])
    #expect(made.status == 0, "\(made.error)")
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path("man"))
    let commands = try CommandTree.ofProgram().commands(hidden: false)
    #expect(Set(names) == Set(commands.map { (["assay"] + $0).joined(separator: "-") + ".1" }))
    for name in names {
      let page = try String(contentsOfFile: directory.path("man/" + name), encoding: .utf8)
      for section in ["NAME", "SYNOPSIS", "EXAMPLES", "ENVIRONMENT", "EXIT STATUS"] {
        #expect(page.contains("\n.SH \(section)\n"), "\(name): \(section)")
      }
      #expect(page.contains("ASSAY_DB") && page.contains("\n.B 65\n"), "\(name)")
    }
  }
}
