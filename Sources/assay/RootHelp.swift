import ArgumentParser

/// The help of the program itself: every command by its group, on a screen of 80 columns and 24
/// lines.
///
/// Where a group says for itself what its commands do, they share a line.
///
/// The parser's own layout gives groups and long summaries lines of their own, which is more than a
/// screen.
enum RootHelp {
  /// Groups whose commands share a line, with what they do.
  private static let summaries = [
    "Detectors": "Any measures and detectors.",
    "Models": "Classifiers; networks and attacks as data.",
    "Programs": "Any command as a run; searches on any number of workers.",
  ]

  /// The help.
  static var text: String {
    let groups = AssayCommand.configuration.groupedSubcommands.map { group in
      (name: group.name, subcommands: group.subcommands.filter { $0.configuration.shouldDisplay })
    }
    let names = groups.flatMap { group in
      group.subcommands.map { $0.configuration.commandName ?? "" }
    }
    let groupWidth = (groups.map { $0.name.count }.max() ?? 0) + 2
    let nameWidth = (names.map { $0.count }.max() ?? 0) + 2
    var lines = [
      AssayCommand.configuration.abstract,
      "USAGE: assay COMMAND [OPTIONS]    Example: assay reproduce --quick",
    ]
    for group in groups {
      let commands = group.subcommands.map { $0.configuration }
      let words = commands.map { $0.commandName ?? "" }
      if let summary = Self.summaries[group.name] {
        let joined = words.joined(separator: ", ")
        lines.append(padded(group.name, to: groupWidth) + joined + "  " + summary)
        continue
      }
      for (index, command) in commands.enumerated() {
        lines.append(
          padded(index == 0 ? group.name : "", to: groupWidth)
            + padded(words[index], to: nameWidth) + command.abstract)
      }
    }
    lines += ["assay COMMAND --help explains a command, assay --version shows the version."]
    return lines.joined(separator: "\n")
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
