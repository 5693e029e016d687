import ArgumentParser

/// The words of a command line before the parser gets them.
struct CommandWords {
  /// The words as the parser is to get them.
  let words: [String]

  /// Joins what begins with '-' and is no option to the option whose value it is.
  ///
  /// The parser would take '--theta -1', or '--sql' and a statement that begins with a comment, for an
  /// option without a value and another option.
  init(_ given: [String]) {
    var words: [String] = []
    // What follows the terminator are the words of another program.
    let own = given.prefix { $0 != "--" }
    for word in own {
      if let option = words.last, Self.isNegativeNumber(word) || Self.isText(word),
        option.hasPrefix("--"), option.count > 2, !option.contains("="), !Self.isText(option)
      {
        words[words.count - 1] = "\(option)=\(word)"
      } else {
        words.append(word)
      }
    }
    self.words = words + given[own.endIndex...]
  }

  /// Whether a word that begins as an option does has spaces, as no option's name has.
  private static func isText(_ word: String) -> Bool {
    word.hasPrefix("-") && word.prefix { $0 != "=" }.contains { $0.isWhitespace }
  }

  private static func isNegativeNumber(_ word: String) -> Bool {
    guard word.hasPrefix("-"), let first = word.dropFirst().first else { return false }
    return (first.isASCII && first.isNumber || first == ".") && Double(word) != nil
  }

  /// Refuses a word that stands where a command must and is none, also beside --help.
  ///
  /// - Throws: ``UnknownCommand``.
  func refuseUnknownCommand(below root: any ParsableCommand.Type) throws(UnknownCommand) {
    // What completes words and dumps the help is the parser's own.
    guard words.first?.hasPrefix("--") != true || words.first == "--help" else { return }
    var configuration = root.configuration
    var path: [String] = []
    for word in words.prefix(while: { $0 != "--" }) where !word.hasPrefix("-") {
      let below = configuration.subcommands.map { $0.configuration }
      guard !below.isEmpty else { return }
      if word == "help", path.isEmpty { continue }
      guard let next = below.first(where: { $0.commandName == word }) else {
        let shown = below.filter { $0.shouldDisplay }
        throw UnknownCommand(word: word, path: path, known: shown.compactMap { $0.commandName })
      }
      configuration = next
      path.append(word)
    }
  }
}

/// A word that is no command.
struct UnknownCommand: Reportable, CustomStringConvertible {
  let word: String
  /// The commands before it.
  let path: [String]
  let known: [String]

  var description: String {
    "there is no command '" + (["assay"] + path + [word]).joined(separator: " ") + "'"
  }

  var remedy: String? {
    let near = Suggestions.near(word, among: known)
    let help = (["assay"] + path + ["--help"]).joined(separator: " ")
    return near.isEmpty
      ? "\(help) lists what there is" : "did you mean \(near.joined(separator: " or "))?"
  }

  var status: ExitStatus { .usage }
}
