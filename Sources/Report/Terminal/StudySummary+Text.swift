internal import SQLite
internal import Tracker

extension StudySummary {
  /// The summary in at most twelve lines, where a line has at least 40 columns.
  ///
  /// - Parameters:
  ///   - style: What the terminal can show.
  ///   - commands: What to do next, the most useful first.
  /// - Returns: The lines, each with its end.
  /// - Throws: What the queries throw.
  public func text(for style: TerminalStyle, next commands: [String]) throws -> String {
    let width = style.tableWidth ?? Table.noteWidth
    let isNarrow = width < Self.wideLine
    let heading = try report.headline(isShort: isNarrow)
    var below = report.caveats(isShort: isNarrow).flatMap { $0.wrapped(to: width) }
    below += try differenceOfSets(isNarrow).map { $0.wrapped(to: width) } ?? []
    if !unreliable.isEmpty {
      below.append(
        Self.line(
          isNarrow ? "Unreliable" : "Not detected reliably (below \(Self.bound))",
          unreliable.map(\.heading), width))
    }
    if !belowOriginal.isEmpty {
      below.append(
        Self.line(
          isNarrow ? "Below the original" : "Below the original paper's",
          belowOriginal.map(\.heading), width))
    }
    if !alsoByGiven.isEmpty {
      let results = alsoByGiven.map {
        "\($0.heading) \(Typesetting.text(of: $0.detection, as: .percent))"
      }
      below.append(Self.line(isNarrow ? "Given" : "With the given thresholds", results, width))
    }
    below += Self.next(commands, width)
    let above =
      heading.terminalText.wrapped(to: width) + (attacks.isEmpty ? [] : [caption(isNarrow)])
    // No attack is left out for the note, which tables have at any rate.
    if !attacks.isEmpty,
      above.count + attacks.count + Self.headLines + below.count < Self.mostLines
    {
      below.insert(
        isNarrow ? "95%: Wilson's, of the images alone." : "\(StudyReport.generalNote).", at: 0)
    }
    let room = Self.mostLines - above.count - below.count
    return ([style.bold(above[0])] + above.dropFirst() + table(width, room: room, style) + below)
      .map { $0 + "\n" }.joined()
  }

  /// That a model's sets are not alike; nil where they are.
  private func differenceOfSets(_ isNarrow: Bool) throws -> String? {
    guard report.study.isModel else { return nil }
    let sets = try report.sets
    let isOfImages = try sets.selectionNote(in: report.tracker) != nil
    let isOfMeasuring = try sets.measuringNote(report.measureNames) != nil
    return switch (isOfImages, isOfMeasuring) {
    case (false, false): nil
    case (true, false):
      isNarrow
        ? "Sets of different images: see --full."
        : "Sets are of different images; the whole report says which."
    case (false, true):
      isNarrow
        ? "Sets measured differently: see --full."
        : "Sets were measured differently; the whole report says how."
    case (true, true):
      isNarrow
        ? "Sets differ in images and measuring."
        : "Sets are of different images and measured differently; the whole report says how."
    }
  }

  private static let mostLines = 12
  /// The lines above a table's rows: headings and a rule.
  private static let headLines = 2
  /// Lines with at least this many columns have room for whole words.
  private static let wideLine = 72

  private func caption(_ isNarrow: Bool) -> String {
    if isNarrow {
      let choice = areThresholdsGiven ? "given" : protocolName == "heldout" ? "held-out" : "fitted"
      return "\(isWithoutVotes ? "Without votes" : "Detection accuracy"), \(choice) thresholds:"
    }
    let quantity = isWithoutVotes ? "Detection without votes" : "Detection accuracy"
    return "\(quantity), \(choiceOfThresholds):"
  }

  /// Attacks behind a word; as many as a line holds.
  private static func line(_ word: String, _ attacks: [String], _ width: Int) -> String {
    let names = attacks.map(\.terminalText)
    return (1...names.count).reversed().lazy.map { count in
      let rest = names.count - count
      return "\(word): " + names.prefix(count).joined(separator: ", ")
        + (rest > 0 ? " and \(rest) more." : ".")
    }.first { $0.count <= width } ?? "\(word): \(names.count) attacks."
  }

  /// As many commands as a line holds; the first one in several lines if it holds none.
  private static func next(_ commands: [String], _ width: Int) -> [String] {
    guard let first = commands.first else { return [] }
    let lines = (1...commands.count).reversed().lazy.map { count in
      "Next: " + commands.prefix(count).joined(separator: "; ")
    }
    return lines.first { $0.count <= width }.map { [$0] } ?? "Next: \(first)".wrapped(to: width)
  }

  /// The attacks a line each, those that are detected worst where there is no room for all.
  private func table(_ width: Int, room: Int, _ style: TerminalStyle) -> [String] {
    // One more line says how many are left out.
    let count =
      attacks.count + Self.headLines <= room
      ? attacks.count : max(1, room - Self.headLines - 1)
    let worst = attacks.indices.sorted {
      (attacks[$0].detection.real ?? 2, $0) < (attacks[$1].detection.real ?? 2, $1)
    }.prefix(count)
    let shown = attacks.indices.filter(worst.contains).map { attacks[$0] }
    guard !shown.isEmpty else { return [] }
    let isNarrow = width < Self.wideLine
    let numbers = hasPublished ? (isNarrow ? 33 : 47) : 19
    let table = Table(
      title: "",
      columns: [
        .init("attack", "attack", .text), .init("ours", "ours", .percent),
        .init("interval", "95%", .text),
      ]
        + (hasPublished
          ? [
            .init("reproduction", isNarrow ? "repr." : "reproduction", .percent),
            .init("original", isNarrow ? "orig." : "original", .percent),
          ] : []),
      rows: shown.map { attack in
        [
          .text(AttackName.heading(attack.name) { $0.count <= width - numbers }),
          attack.detection,
          .text(Typesetting.interval(attack.low, attack.high, as: .percent)),
        ] + (hasPublished ? [attack.reproduction, attack.original] : [])
      })
    let lines = table.renderedText().split(separator: "\n").map(String.init)
    let marked = lines.enumerated().map { number, line in
      number >= 2 && shown[number - 2].isUnreliable
        ? style.colored(line, .adversarial) : line
    }
    let rest = attacks.count - shown.count
    return marked + (rest > 0 ? ["and \(rest) more, detected better"] : [])
  }
}

extension StudyReport {
  /// What was studied, in a line.
  func headline(isShort: Bool) throws -> String {
    let name = study.name.map { " (\($0))" } ?? ""
    let whose =
      trial.map { "Trial \($0.number) of sweep \($0.sweep)" }
      ?? "\(study.isModel ? "Model" : "Study") \(study.uuid.prefix(8))\(isShort ? "" : name)"
    let seed = study.seed.map { "seed \($0)" } ?? "imported"
    let start = "\(whose): \(try subjectName), \(seed)"
    guard !isShort, let network = try ask(.networks).records.first,
      network["test_accuracy"].real != nil
    else { return start }
    let accuracy = Typesetting.text(of: network["test_accuracy"], as: .percent)
    let images = Typesetting.text(of: network["test_images"], as: .integer)
    return "\(start); \(accuracy) of \(images) test images right"
  }

  /// Why the numbers may not be what a reader takes them for.
  func caveats(isShort: Bool = false) -> [String] {
    var caveats: [String] = []
    if isStandIn {
      caveats.append(isShort ? "No study: the newest model." : Self.standInNote)
    }
    if study.configuration["quick"] == .bool(true) {
      caveats.append(isShort ? "A QUICK STUDY, for a first look only." : Self.quickNote)
    }
    return caveats
  }
}
