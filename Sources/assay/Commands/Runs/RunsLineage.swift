import ArgumentParser
import Report
import SQLite
import Tracker

extension RunsCommand {
  struct Lineage: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "lineage",
      abstract: "Shows which runs a run used, and which runs used it.",
      discussion: """
        Example: assay runs lineage 3f2a
        Example: assay runs lineage 3f2a --direction ancestors --format json
        """)

    @Argument(
      help: ArgumentHelp("The run: the first digits of its UUID.", valueName: "run"),
      completion: .custom { words, _, _ in Completions.runs(words) })
    var prefix: String

    @OptionGroup var reading: ReadingOptions

    @Option(help: "Shows only what it used (ancestors) or what used it (descendants).")
    var direction: Direction?

    enum Direction: String, CaseIterable, ExpressibleByArgument {
      case ancestors, descendants
    }

    func run() throws {
      let tracker = try reading.openTracker()
      let run = try tracker.run(matching: prefix)
      let result = try tracker.query(
        .lineage,
        ["run": .text(run.uuid), "direction": direction.map { .text($0.rawValue) } ?? .null])
      guard reading.format == .text else {
        return try StandardOutput.write(
          Table(columns: result.columns, rows: result.rows).shown(as: reading.format))
      }
      try StandardOutput.print("\(run.uuid.prefix(8)) \(run.kind), \(run.state.rawValue)")
      for (direction, title) in [
        (Direction.ancestors, "used results of"), (.descendants, "results used by"),
      ] {
        let tree = LineageTree(result, direction: direction.rawValue)
        guard !tree.isEmpty else { continue }
        try StandardOutput.print("\n" + title)
        try StandardOutput.print(tree.lines(below: run.uuid).joined(separator: "\n"))
      }
    }
  }
}

/// A run's relations in one direction, drawn as a tree; a run that is reached twice has its own
/// relations at its first place only.
private struct LineageTree {
  private struct Link {
    let run: String
    let words: String
  }

  private var links: [String: [Link]] = [:]

  var isEmpty: Bool { links.isEmpty }

  init(_ result: QueryResult, direction: String) {
    var known: Set<[String]> = []
    for row in result.rows {
      let texts = row.map { value -> String in if case .text(let text) = value { text } else { "" }
      }
      // origin, direction, depth, run, kind, state, role, neighbour
      guard texts[1] == direction, known.insert([texts[3], texts[6], texts[7]]).inserted else {
        continue
      }
      let state = texts[5] == "finished" ? "" : ", \(texts[5])"
      links[texts[7], default: []].append(
        Link(run: texts[3], words: "\(texts[3].prefix(8)) \(texts[4])\(state) (\(texts[6]))"))
    }
  }

  func lines(below run: String) -> [String] {
    var drawn: Set<String> = []
    return lines(below: run, indent: "", drawn: &drawn)
  }

  private func lines(below run: String, indent: String, drawn: inout Set<String>) -> [String] {
    guard let children = links[run] else { return [] }
    guard drawn.insert(run).inserted else { return [indent + "└─ …"] }
    return children.enumerated().flatMap { index, link in
      let isLast = index == children.count - 1
      let own = indent + (isLast ? "└─ " : "├─ ") + link.words
      return [own]
        + lines(below: link.run, indent: indent + (isLast ? "   " : "│  "), drawn: &drawn)
    }
  }
}
