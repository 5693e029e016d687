import Foundation
import TestSupport
import Testing

/// The help of every command there is, as the command itself lists them.
@Suite struct HelpTests {
  /// A command of `--experimental-dump-help`.
  private struct Command: Decodable {
    let commandName: String
    let shouldDisplay: Bool
    let subcommands: [Command]?
  }

  private struct Tree: Decodable {
    let command: Command
  }

  /// The words of every command after the program's name; the first has none.
  private func commands(hidden: Bool) throws -> [[String]] {
    let dump = try run(Assay.executable ?? "assay", ["--experimental-dump-help"])
    let root = try JSONDecoder().decode(Tree.self, from: Data(dump.output.utf8)).command
    func walk(_ command: Command, _ words: [String]) -> [[String]] {
      [words]
        + (command.subcommands ?? []).flatMap { part in
          // The parser's own command prints the help of others.
          part.commandName == "help" || (!hidden && !part.shouldDisplay)
            ? [] : walk(part, words + [part.commandName])
        }
    }
    return walk(root, [])
  }

  @Test("every command explains itself, with an example, in lines that fit")
  func help() throws {
    let commands = try commands(hidden: true)
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

  @Test("every command is named in the README or the documents")
  func documents() throws {
    let folder = packageRoot.appending(path: "docs")
    let files =
      try FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil
      ).filter { $0.pathExtension == "md" } + [packageRoot.appending(path: "README.md")]
    let lines = try files.flatMap {
      try String(contentsOf: $0, encoding: .utf8).split(separator: "\n")
    }
    for words in try commands(hidden: false).dropFirst() {
      // As in "assay sweep list | show NAME".
      let group = (["assay"] + words.dropLast()).joined(separator: " ") + " "
      let verb = try Regex("\\b\(words[words.count - 1])\\b")
      #expect(lines.contains { $0.contains(group) && $0.contains(verb) }, "\(words)")
    }
  }
}
