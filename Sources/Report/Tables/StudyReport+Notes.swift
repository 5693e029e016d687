internal import SQLite
internal import Tracker

/// What stands below tables, so that nobody takes a number for more than it is.
extension StudyReport {
  /// How the note begins that holds for the intervals of all tables.
  static let generalNote = "95% intervals are Wilson's; they count the images alone"

  /// What the intervals are of, and how much a number differs from one training to the next.
  ///
  /// The first note begins with ``generalNote`` and is the same below every table of a report.
  ///
  /// - Parameters:
  ///   - metric: A metric of the query seeds; nil for a table that none of them is about.
  ///   - protocolName: On which images the metric's thresholds were chosen; nil for none.
  ///   - alsoDeLong: Whether the table has areas under ROC curves.
  /// - Returns: The notes.
  /// - Throws: What the query throws.
  func intervalNotes(
    _ metric: String? = nil, protocolName: String? = nil, alsoDeLong: Bool = false
  ) throws -> [String] {
    let general = Self.generalNote
    return [
      study.seed == nil
        ? "\(general)."
        : "\(general): trained on another processor or with another seed, a network gives other "
          + "numbers.",
      alsoDeLong
        ? "The intervals of AUROC are DeLong's (computed in SQL, not by bootstrap)." : nil,
      study.seed == nil ? nil : try metric.flatMap { try spreadOverSeeds($0, protocolName) },
    ].compactMap(\.self)
  }

  /// The standard deviations of a metric over the seeds; nil where there is one seed.
  private func spreadOverSeeds(_ metric: String, _ protocolName: String?) throws -> String? {
    guard !study.isModel else { return nil }
    let measure = try study.reportedMeasure(in: tracker)
    let rows = try ask(.seeds).records.filter { row in
      row.text("metric") == metric && row["protocol"].text == protocolName
        && [nil, "hybrid"].contains(row["detector"].text)
        && [nil, measure].contains(row["measure"].text) && row["deviation"].real != nil
    }.sorted {
      AttackName.place(of: $0.text("attack"), in: attackOrder)
        < AttackName.place(of: $1.text("attack"), in: attackOrder)
    }
    guard let seeds = rows.map({ $0.integer("seeds") }).max() else { return nil }
    let deviations = rows.map { row in
      let points = Typesetting.text(
        of: .real(row.number("deviation") * 100), as: .decimal(places: 2))
      let attack = row.text("attack")
      return attack.isEmpty ? points : "\(AttackName.heading(attack)) \(points)"
    }
    return "Standard deviation over \(seeds) seeds, in points: "
      + deviations.joined(separator: ", ") + "."
  }

  /// How the attacks' mixes differ from each other and from the papers'.
  func mixNotes(besidePublished: Bool = false) throws -> [String] {
    let sets = try sets
    return [
      try sets.selectionNote(in: tracker),
      besidePublished && options.showsPublished ? sets.publishedNote : nil,
      study.isModel ? sets.measuringNote(try measureNames) : nil,
    ].compactMap { $0 }
  }
}

extension ReportedSets {
  /// What the published numbers are of.
  private static let published = (pairs: 5000, epsilon: 0.3)

  /// Which sets are of which images; nil where all are of the same ones.
  ///
  /// - Parameter tracker: The record.
  /// - Returns: The note, which names selections only where their sizes do not tell them apart.
  /// - Throws: `SQLiteError`.
  func selectionNote(in tracker: Tracker) throws -> String? {
    let groups = try groupedByImages(in: tracker)
    guard groups.count > 1 else { return nil }
    let areOfOneSize = Set(groups.map(\.pairs)).count < groups.count
    let parts = groups.map { group in
      "\(names(of: group.sets)) on \(Typesetting.grouped(Int64(group.pairs))) pairs"
        + (areOfOneSize ? " of selection \(group.selection.prefix(8))" : "")
    }
    return "Selections of different \(areOfOneSize ? "images" : "sizes"): "
      + parts.joined(separator: "; ") + "."
  }

  /// The sets by the images that they are of, those of most pairs first.
  private func groupedByImages(
    in tracker: Tracker
  ) throws -> [(selection: String, pairs: Int, sets: [Record])] {
    guard let first = sets.first else { return [] }
    let selections = sets.map { $0.text("selection") }
    // Images are read only where there is something to compare.
    guard Set(selections).count > 1 else {
      return [(first.text("selection"), first.integer("pairs"), sets)]
    }
    var images: [String: String] = [:]
    for selection in Set(selections) {
      images[selection] = try Self.images(of: selection, in: tracker)
    }
    var groups: [(selection: String, pairs: Int, sets: [Record])] = []
    for (set, selection) in zip(sets, selections) {
      // Two selections may have drawn the same images, such as that of an imported set.
      if let place = groups.firstIndex(where: { images[$0.selection] == images[selection] }) {
        groups[place].sets.append(set)
      } else {
        groups.append((selection, set.integer("pairs"), [set]))
      }
    }
    return groups.enumerated().sorted {
      (-$0.element.pairs, $0.offset) < (-$1.element.pairs, $1.offset)
    }.map(\.element)
  }

  /// The images that a selection is of, without its held-out half, in order.
  private static func images(of selection: String, in tracker: Tracker) throws -> String? {
    try tracker.read { connection in
      try connection.rows(
        """
        SELECT coalesce(group_concat(image_index), '')
        FROM (
          SELECT image_index FROM selected_images
          WHERE selection = ? AND part = 'selection'
          ORDER BY image_index)
        """, [.text(selection)]
      ) { try $0.text(0) }.first
    }
  }

  /// In what the study is another than the papers'; nil where it is not, or where nothing published
  /// stands beside it.
  var publishedNote: String? {
    let beside = sets.filter { $0.integer("is_published") == 1 }
    let sizes = Set(beside.map { $0.integer("pairs") }).subtracting([Self.published.pairs])
    let epsilons = beside.filter { set in
      set["epsilon"].real.map { abs($0 - Self.published.epsilon) > 1e-9 } ?? false
    }
    guard !sizes.isEmpty || !epsilons.isEmpty else { return nil }
    let here =
      sizes.sorted().map { "\(Typesetting.grouped(Int64($0))) pairs" }
      + epsilons.map { set in
        "epsilon \(Typesetting.text(of: set["epsilon"], as: .real(digits: 4))) of "
          + names(of: [set])
      }
    return "The published numbers are of MNIST, epsilon 0.3 and 5,000 pairs of images; these are "
      + "of " + here.joined(separator: ", ") + "."
  }

  private func names(of sets: [Record]) -> String {
    sets.map { AttackName.heading($0.text("attack")) }.reduce(into: [String]()) { names, name in
      if !names.contains(name) { names.append(name) }
    }.joined(separator: ", ")
  }
}
