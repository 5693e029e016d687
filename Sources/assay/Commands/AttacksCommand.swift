import ArgumentParser
import Attack
import Report
import SQLite

struct AttacksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attacks",
    abstract: "Lists attacks: what each may change, aims at and knows.",
    discussion: "Example: assay attacks list",
    subcommands: [List.self, Show.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists the attacks of the catalogue.",
      discussion: """
        'assay attack NAME' makes adversarial images by one. Budget is the parameter that bounds the \
        change in the norm; without one, the attack changes as little as it can. 'assay attacks show' \
        and --format json say what an attack aims at and knows, too.

        Example: assay attacks list
        Example: assay attacks list --format json
        """)

    @Option(help: "The format of results; table is another name for text.")
    var format = TableFormat.text

    func run() throws {
      let columns: [Table.Column] = [
        .init("attack", "attack", .text), .init("title", "title", .text),
        .init("norm", "norm", .text), .init("budget", "budget", .text),
        .init("goal", "goal", .text), .init("knowledge", "knows", .text),
        .init("steps", "steps", .text), .init("summary", "what it does", .text),
        .init("source", "from", .text),
      ]
      let rows = AttackCatalogue.kinds.map { kind -> [SQLValue] in
        let threat = kind.threat
        return [
          .text(kind.name), .text(kind.title), .text(threat.norm.rawValue),
          .text(threat.budget ?? "minimal"), .text(threat.goal.rawValue),
          .text(threat.knowledge.rawValue), .text(threat.isIterative ? "many" : "one"),
          .text(kind.summary), .text(kind.source),
        ]
      }
      try StandardOutput.write(
        Table(title: "", columns: columns, rows: rows)
          .listed(as: format, forPeople: ["attack", "norm", "budget", "summary"]))
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Shows an attack: its threat model, its source and its options.",
      discussion: """
        Options without a default are not there unless they are given.

        Example: assay attacks show jsma
        Example: assay attacks show bim-b --format json
        """)

    @Argument(
      help: "The attack, by its name.",
      completion: .custom { words, _, _ in Completions.attackKinds(words) })
    var attack: String

    @Option(help: "The format of results; table is another name for text.")
    var format = TableFormat.text

    func run() throws {
      let kind = try AttackCatalogue.kind(named: attack == "bim" ? "bim-a" : attack)
      let parameters =
        kind.parameters.map { row($0, hasDefault: true) }
        + kind.options.map { row($0, hasDefault: false) }
      let table = Table(
        title: "\(kind.name): \(kind.title)", notes: notes(of: kind),
        columns: [
          .init("option", "option", .text), .init("parameter", "in configurations", .text),
          .init("values", "values", .text), .init("default", "default", .text),
          .init("summary", "what it is", .text),
        ], rows: parameters)
      try StandardOutput.write(table.shown(as: format))
    }

    private func row(_ parameter: AttackParameter, hasDefault: Bool) -> [SQLValue] {
      let unit = parameter.unit.map { " \($0)" } ?? ""
      return [
        .text("--" + parameter.name.replacing("_", with: "-")), .text(parameter.name),
        .text(parameter.domainDescription + unit),
        hasDefault ? .text("\(parameter.defaultValue)") : .null, .text(parameter.summary),
      ]
    }

    /// The attack and its threat model in sentences.
    private func notes(of kind: AttackKind) -> [String] {
      let threat = kind.threat
      let norm =
        switch threat.norm {
        case .linf: "the largest change of a pixel (linf)"
        case .l2: "the Euclidean length of the change (l2)"
        case .l0: "the number of changed pixels (l0)"
        case .none: "nothing"
        }
      let other =
        kind.parameters.contains { $0.name == "norm" } ? ", unless --norm says another" : ""
      let budget = threat.budget.map { "at most \($0)" } ?? "as small as it can"
      let goal =
        switch threat.goal {
        case .untargeted: "any class but the true one"
        case .targeted: "a class that is drawn for each image"
        case .either: "any class but the true one, or one that is drawn for each image"
        }
      let knowledge =
        switch threat.knowledge {
        case .whiteBox: "all of the model (gradients)"
        case .scores: "the logits of images that it asks about"
        case .decision: "the class of images that it asks about"
        case .none: "nothing of the model"
        }
      let source = kind.source.isEmpty ? [] : ["From: \(kind.source)."]
      return [
        "\(kind.summary).", "It keeps small: \(norm)\(other); \(budget).", "It aims at: \(goal).",
        "It knows: \(knowledge).",
      ] + source
    }
  }
}
