/// The options of this process that name files, as they were given: a command that an error shows
/// reads and writes the same ones.
enum GivenFiles {
  /// The option --db behind a space; nothing if it was not given.
  static let database = option("--db", in: CommandLine.arguments)
  /// The option --data likewise.
  static let data = option("--data", in: CommandLine.arguments)

  /// An option with its last value, as a shell reads it.
  ///
  /// - Parameters:
  ///   - name: The option.
  ///   - arguments: The words of a command; those behind `--` are another program's.
  /// - Returns: The option behind a space; nothing if there is none.
  private static func option(_ name: String, in arguments: [String]) -> String {
    let words = Array(arguments.prefix { $0 != "--" })
    let values = words.indices.compactMap { place -> String? in
      let word = words[place]
      if word.hasPrefix(name + "=") { return String(word.dropFirst(name.count + 1)) }
      return word == name && place + 1 < words.count ? words[place + 1] : nil
    }
    return values.last.map { " \(name) \(ShellWord($0))" } ?? ""
  }
}
