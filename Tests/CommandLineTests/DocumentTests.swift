import Foundation
import TestSupport
import Testing

/// What the documents tell readers to run, run.
///
/// Blocks of `sh`, `python` and `sql` are run in the order of the document, in one directory that
/// has a finished small study. A fence may say why its block cannot be run there, such as
/// `needs=network`: then its commands and options are compared with those of the program. A fence
/// with `file=NAME` saves its block for the commands that follow.
@Suite(.startsPrograms) struct DocumentTests {
  private static let documents = Result { try Document.all() }
  private static let named = (try? documents.get()) ?? []

  private static let languages: Set = ["sh", "python", "sql", "yaml", "swift", "text"]
  private static let reasons: Set = [
    "mnist", "network", "time", "files", "build", "ctrl-c", "packages", "cluster",
  ]

  @Test("there are documents, and each fence says what it holds")
  func fences() throws {
    let documents = try Self.documents.get()
    #expect(documents.count > 15)
    for document in documents {
      for block in document.blocks {
        let place = "\(document.path):\(block.line)"
        #expect(Self.languages.contains(block.language), "\(place): \(block.language)")
        #expect(Set(block.marks.keys).isSubset(of: ["needs", "file"]), "\(place): \(block.marks)")
        if let reason = block.marks["needs"] {
          #expect(Self.reasons.contains(reason), "\(place): \(reason)")
        }
      }
      // A block without a fence would be neither run nor checked.
      for line in document.prose {
        let isCommand =
          line.text.firstMatch(of: /^ {4}(?:assay|make|sqlite3|python3|swift)\b/) != nil
        #expect(!isCommand, "\(document.path):\(line.number) is a command outside of fences")
      }
    }
  }

  @Test("the commands of a document work on a small study", arguments: named)
  func commands(of document: Document) throws {
    guard document.blocks.contains(where: Self.isRun) else { return }
    let study = try DocumentedStudy()
    for block in document.blocks {
      if let name = block.marks["file"] { try study.assay.write(block.text, to: name) }
      guard Self.isRun(block) else { continue }
      let result = try study.run(block)
      #expect(
        result.status == 0,
        "\(document.path):\(block.line) ended with \(result.status): \(result.error)")
    }
  }

  private static func isRun(_ block: Document.Block) -> Bool {
    ["sh", "python", "sql"].contains(block.language) && block.marks.isEmpty
  }

  @Test("commands that need more than a small study are commands of the program")
  func commandsThatAreNotRun() throws {
    let program = try CommandTree.ofProgram()
    let makefile = try String(
      contentsOf: packageRoot.appending(path: "Makefile"), encoding: .utf8)
    var count = 0
    for document in try Self.documents.get() {
      for block in document.blocks where block.language == "sh" && block.marks["needs"] != nil {
        for call in try Self.calls(in: block, of: document) {
          let place = "\(document.path):\(block.line): \(call.joined(separator: " "))"
          count += 1
          switch call[0] {
          case "assay":
            let objection = program.objection(to: call.dropFirst())
            #expect(objection == nil, "\(place): \(objection ?? "")")
          case "make":
            for target in call.dropFirst() where !target.contains("=") {
              #expect(makefile.contains("\n\(target):"), "\(place)")
            }
          default: break
          }
        }
      }
    }
    #expect(count > 5)
  }

  @Test("commands within sentences are commands of the program")
  func commandsWithinSentences() throws {
    let program = try CommandTree.ofProgram()
    var count = 0
    for document in try Self.documents.get() {
      for line in document.prose {
        for code in line.text.matches(of: /`assay ([^`]*)`/) {
          count += 1
          let words = code.1.split(separator: " ").map(String.init)
          let objection = program.objection(to: words, isComplete: false)
          #expect(objection == nil, "\(document.path):\(line.number): \(code.0)")
        }
      }
    }
    #expect(count > 20)
  }

  /// The commands of a block as a shell takes them apart, none of which does anything.
  private static func calls(
    in block: Document.Block, of document: Document
  ) throws -> [[String]] {
    let directory = try TemporaryDirectory()
    let script = """
      PATH=
      tell() { printf '%s\\x1f' "$@"; printf '\\x1e'; }
      for name in assay make swift python3 sqlite3; do eval "$name() { tell $name \\"\\$@\\"; }"; done

      """
    let result = try TestSupport.run(
      "bash", ["-euo", "pipefail", "-c", script + block.text], in: directory.url)
    guard result.status == 0 else {
      throw CommandFailure("\(document.path):\(block.line): \(result.error)")
    }
    return result.output.split(separator: "\u{1E}").map { call in
      call.split(separator: "\u{1F}").map(String.init)
    }
  }
}

/// A finished small study in a directory as the documents' readers have it.
private struct DocumentedStudy {
  let assay: Assay
  private let runs: [String: String]

  init() throws {
    let assay = try Assay(copyOf: .study)
    self.assay = assay
    for folder in ["queries", "examples", "migrations"] {
      try Self.link(packageRoot.appending(path: folder).path, as: folder, in: assay)
    }
    try Self.link(Assay.sample, as: "digits", in: assay)
    try Self.writeProgram(in: assay)
    runs = try [
      "MODEL": "train", "RUN": "train", "SET": "attack", "STUDY": "reproduce",
    ].mapValues { kind in
      let run = try assay.ask("SELECT run FROM runs WHERE kind = '\(kind)' LIMIT 1;")
      return String(run.prefix(8))
    }
  }

  private static func link(_ target: String, as name: String, in assay: Assay) throws {
    try FileManager.default.createSymbolicLink(
      atPath: assay.directory.path(name), withDestinationPath: target)
  }

  /// Writes bin/assay, which names the study's data where readers, whose study is MNIST's, need not,
  /// and takes one epoch and two draws where they have time for more: of options that are given twice,
  /// the last counts.
  private static func writeProgram(in assay: Assay) throws {
    let program = try CommandTree.ofProgram()
    let readers = program.commands(hidden: true).filter { words in
      words.reduce(program as CommandTree?) { command, word in
        command?.subcommands?.first { $0.commandName == word }
      }?.argument(spelled: "--dataset") != nil
    }
    let patterns = readers.map { "'\($0.joined(separator: " ")) '*" }.joined(separator: "|")
    let script = """
      #!/bin/sh
      case "$* " in
        *' --config '*|*' --dataset '*) ;;
        \(patterns)) set -- "$@" --dataset ./digits ;;
      esac
      case "$* " in
        'train '*) set -- "$@" --epochs 1 ;;
        'attack '*' --draws '*) set -- "$@" --draws 2 ;;
      esac
      exec '\(Assay.executable ?? "assay")' "$@"

      """
    try FileManager.default.createDirectory(
      at: assay.directory.url.appending(path: "bin"), withIntermediateDirectories: false)
    try assay.directory.writeProgram(script, to: "bin/assay")
  }

  func run(_ block: Document.Block) throws -> ProgramResult {
    let text = block.text.replacing(/\b[A-Z]+\b/) { runs[String($0.output)] ?? String($0.output) }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let environment = [
      "PATH": assay.directory.path("bin") + ":" + path,
      "PYTHONPATH": packageRoot.appending(path: "python/src").path,
      "PYTHONDONTWRITEBYTECODE": "1",
    ]
    let (program, arguments) =
      switch block.language {
      case "python": ("python3", ["-c", text])
      case "sql": ("sqlite3", ["-bail", "assay.db", text])
      default: ("bash", ["-euo", "pipefail", "-c", text])
      }
    return try TestSupport.run(
      program, arguments, in: assay.directory.url, environment: environment)
  }
}
