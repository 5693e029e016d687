import Foundation
import TestSupport

/// A command of the built program with its options, as `--experimental-dump-help` lists them.
struct CommandTree: Decodable {
  /// An option, a flag or an argument without a name.
  struct Argument: Decodable {
    enum Kind: String, Decodable {
      case option, flag, positional
    }

    struct Name: Decodable {
      let kind: String
      let name: String

      /// The name with its dashes.
      var spelling: String { (kind == "long" ? "--" : "-") + name }
    }

    let kind: Kind
    let names: [Name]?
    let isOptional: Bool
    let isRepeating: Bool
    let allValues: [String]?
    let parsingStrategy: String
  }

  let commandName: String
  let shouldDisplay: Bool
  let subcommands: [CommandTree]?
  let arguments: [Argument]?

  /// The whole tree; the root is the program.
  static func ofProgram() throws -> CommandTree { try program.get() }

  private static let program = Result {
    struct Dump: Decodable {
      let command: CommandTree
    }
    let dump = try run(Assay.executable ?? "assay", ["--experimental-dump-help"])
    return try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command
  }

  /// The words of every command after the program's name; the root has none.
  func commands(hidden: Bool, after words: [String] = []) -> [[String]] {
    [words]
      + (subcommands ?? []).flatMap { part in
        // The parser's own command prints the help of others.
        part.commandName == "help" || (!hidden && !part.shouldDisplay)
          ? [] : part.commands(hidden: hidden, after: words + [part.commandName])
      }
  }

  /// Whether the command has an option of this spelling.
  func argument(spelled spelling: String) -> Argument? {
    arguments?.first { argument in
      argument.names?.contains { $0.spelling == spelling } ?? false
    }
  }

  /// Whether the command takes options that only it knows, as those of a named query.
  private var takesOwnOptions: Bool {
    arguments?.contains { $0.parsingStrategy == "allUnrecognized" } ?? false
  }

  /// Why the program would not accept these words; nil if it would.
  ///
  /// - Parameters:
  ///   - words: What follows the command's name.
  ///   - isComplete: Whether the words are a whole command, rather than a part that names one.
  /// - Returns: The reason.
  func objection(to words: some Collection<String>, isComplete: Bool = true) -> String? {
    if let first = words.first, let part = subcommands?.first(where: { $0.commandName == first }) {
      return part.objection(to: words.dropFirst(), isComplete: isComplete)
    }
    guard subcommands?.isEmpty ?? true else {
      let isUnknown = words.first.map { !$0.hasPrefix("-") && $0 != $0.uppercased() } ?? false
      return isComplete || isUnknown ? "\(commandName) needs a subcommand" : nil
    }
    // What follows the terminator are the words of another program.
    var rest = Array(words.prefix { $0 != "--" })[...]
    let isTerminated = rest.count < words.count
    var positionals = words.count - rest.count - (isTerminated ? 1 : 0)
    while let word = rest.popFirst() {
      guard word.hasPrefix("-"), word != "-" else {
        positionals += 1
        continue
      }
      guard let argument = argument(spelled: word) else {
        guard takesOwnOptions else { return "there is no option \(word)" }
        _ = rest.popFirst()
        continue
      }
      guard argument.kind == .option else { continue }
      guard let value = rest.popFirst() else {
        return isComplete && !isTerminated ? "\(word) needs a value" : nil
      }
      if let values = argument.allValues, !values.isEmpty, !values.contains(value) {
        return "\(word) cannot be \(value)"
      }
    }
    let places = (arguments ?? []).filter { $0.kind == .positional }
    if positionals > places.count, !places.contains(where: \.isRepeating) {
      return "\(commandName) takes \(places.count) words, not \(positionals)"
    }
    let needed = places.filter { !$0.isOptional }.count
    return isComplete && positionals < needed ? "a word is missing" : nil
  }
}
