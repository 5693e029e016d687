internal import SQLite
internal import Tracker

/// The rows behind a report on detectors, each query asked once, and the tables that are made of them.
struct DetectorMaterial {
  /// A table with what references call it and where its numbers come from.
  struct NamedTable {
    let name: String
    let table: Table
    let source: Page.Source
  }

  let report: DetectorReport
  /// The networks of the study, by the names that it has for them; empty: it has one without a name.
  let networks: [(name: String, model: String)]
  private var answers: [Query: QueryResult] = [:]
  /// The detection accuracies of Algorithm 1 and of those published, where a study of it is reported.
  let algorithm: [Record]
  /// Which sets of a model are of which images; nil where all are of the same ones.
  let selectionNote: String?

  /// Asks for the rows.
  ///
  /// - Throws: ``ReportError/unknownMeasure(_:known:)``, and what the queries throw.
  init(of report: DetectorReport) throws {
    self.report = report
    networks = try Self.networks(of: report.run, in: report.tracker)
    algorithm = try Self.algorithm(of: report)
    selectionNote =
      try report.subject == .detectors && report.run.isModel
      ? ReportedSets(of: report.run, in: report.tracker, order: report.attackOrder)
        .selectionNote(in: report.tracker) : nil
    // What is ranked says of which measures the other queries are asked.
    let isRanked = { (query: Query) in query == .detectorRanking }
    let queries = report.subject.queries
    for query in queries.filter(isRanked) + queries.filter({ !isRanked($0) }) {
      let answer = try answer(query)
      if isRanked(query) { try answer.refuseUnknownMeasures(report.measures) }
      answers[query] = chosen(answer, query)
    }
  }

  private static func algorithm(of report: DetectorReport) throws -> [Record] {
    guard report.subject == .detectors, report.run.kind == ReportRequest.studyKind else {
      return []
    }
    let result = try report.tracker.query(
      .table2, ["study": .text(report.run.uuid), "protocol": .text("heldout")])
    let shown =
      report.options.showsPublished ? result : result.without(["reproduction", "original"])
    return shown.records.filter { $0.text("quantity") == "detection_accuracy" }
  }

  /// The networks that a study has under names of their own.
  private static func networks(
    of run: Run, in tracker: Tracker
  ) throws -> [(name: String, model: String)] {
    try tracker.query(.lineage, ["run": .text(run.uuid), "direction": .text("ancestors")]).records
      .filter { $0.integer("depth") == 1 && $0.text("role").hasPrefix("model.") }
      .map { (String($0.text("role").dropFirst("model.".count)), $0.text("run")) }
      .sorted { $0.0 < $1.0 }
  }

  /// A query's answer; of those about one network, one measure or one part at a time, all answers.
  private func answer(_ query: Query) throws -> QueryResult {
    switch query {
    case .publishedValues, .evaluation, .evaluationWorstCase, .evaluationChecks, .evaluations,
      .evaluationAblation:
      return try report.tracker.query(query, source(query).values)
    case .detectorRanking:
      return try joined(networks.map { ($0.name, ["model": .text($0.model)]) }, query)
    case .pooledAuroc, .pairwiseShares:
      let values = records(.detectorRanking).reduce(
        into: [(name: String, values: [String: SQLValue])]()
      ) { values, row in
        let name = row.text("network")
        let isDetector = row["learner"].text != nil
        if isDetector, query == .pairwiseShares { return }
        var one: [String: SQLValue] = ["measure": row["measure"]]
        // What was fitted on both halves is judged on both, as it was published.
        if row.text("fitted_part") == "all" { one["part"] = .text("all") }
        if let network = networks.first(where: { $0.name == name }) {
          one["model"] = .text(network.model)
        }
        if !values.contains(where: { $0.name == name && $0.values == one }) {
          values.append((name, one))
        }
      }
      return try joined(values, query)
    default: return try report.tracker.query(query, ["study": .text(report.run.uuid)])
    }
  }

  /// The answers for several values of parameters, with a column of networks where these have names.
  private func joined(
    _ values: [(name: String, values: [String: SQLValue])], _ query: Query
  ) throws -> QueryResult {
    let values = values.isEmpty && query == .detectorRanking ? [("", [:])] : values
    var (columns, rows): ([String], [[SQLValue]]) = ([], [])
    for (name, some) in values {
      let result = try report.tracker.query(
        query, some.merging(["study": .text(report.run.uuid)]) { $1 })
      columns = networks.isEmpty ? result.columns : ["network"] + result.columns
      rows += result.rows.map { networks.isEmpty ? $0 : [.text(name)] + $0 }
    }
    return QueryResult(columns: columns, rows: rows)
  }

  /// The rows that are shown, attack by attack in order.
  private func chosen(_ result: QueryResult, _ query: Query) -> QueryResult {
    guard query != .publishedValues else {
      return report.options.showsPublished
        ? result : QueryResult(columns: result.columns, rows: [])
    }
    if report.subject == .evaluation { return result }
    let attack = result.columns.firstIndex(of: "attack")
    let measure = result.columns.firstIndex(of: "measure")
    let rows = result.rows.filter { row in
      guard let measures = report.measures, let measure, let name = row[measure].text else {
        return true
      }
      return measures.contains(name)
    }
    func place(_ row: [SQLValue]) -> Int {
      guard let name = attack.flatMap({ row[$0].text }), name != "clean" else { return -1 }
      return AttackName.place(of: name, in: report.attackOrder)
    }
    // Outcomes are shown network by network.
    let model = query == .outcomes ? result.columns.firstIndex(of: "model") : nil
    let models = model.map { model in rows.map { $0[model] } } ?? []
    func group(_ row: [SQLValue]) -> Int {
      model.flatMap { models.firstIndex(of: row[$0]) } ?? 0
    }
    return QueryResult(
      columns: result.columns,
      rows: rows.enumerated().map { (group($0.element), place($0.element), $0.offset, $0.element) }
        .sorted { ($0.0, $0.1, $0.2) < ($1.0, $1.1, $1.2) }.map(\.3))
  }

  /// A query's rows by the names of its columns.
  func records(_ query: Query) -> [Record] { answers[query]?.records ?? [] }

  /// A query's rows as it gives them.
  func plainTable(_ query: Query) -> Table {
    let result = answers[query] ?? QueryResult(columns: [], rows: [])
    return Table(
      title: "", columns: result.columns.map { Table.Column($0, $0, .text) }, rows: result.rows)
  }

  /// Where a table's numbers come from.
  func source(_ query: Query) -> Page.Source {
    let whole = SQLValue.text(report.run.uuid)
    return switch query {
    case .publishedValues:
      Page.Source(
        query, report.subject == .detectors ? [:] : ["study": .text(report.subject.rawValue)])
    case .evaluation, .evaluationWorstCase, .evaluationChecks, .evaluations, .evaluationAblation:
      Page.Source(query, ["evaluation": whole])
    default: Page.Source(query, ["study": whole])
    }
  }

  /// The column of networks, where a study has several.
  var networkColumn: [LayoutColumn] {
    networks.count > 1 ? [.plain("network", "network", .text)] : []
  }

  /// The tables that have rows.
  ///
  /// - Throws: ``ReportError/noRows(_:of:)`` if there are none but published ones.
  var tables: [NamedTable] {
    get throws {
      let own: [NamedTable] =
        switch report.subject {
        case .detectors: rankingTables
        case .feinman: feinmanTables
        case .graese, .guo: transformTables
        case .distillation: [outcomesTable]
        case .evaluation: evaluationTables
        }
      let filled = own.filter { !$0.table.rows.isEmpty }
      guard !filled.isEmpty else {
        throw ReportError.noRows(report.subject.rawValue, of: report.run.uuid)
      }
      return filled + [publishedTable].filter { !$0.table.rows.isEmpty }
    }
  }

  /// How the notes below tables begin that have intervals of shares.
  static let intervalNote =
    "95% intervals are Wilson's; they count the images alone: another training gives other numbers."
  static let areaNote = "The intervals of AUROC are DeLong's."

  /// What nobody should take these numbers for.
  static let unawareNote =
    "The attacks were made against the network alone and know no detector: against one who does, "
    + "expect less."

  private var datasetName: String {
    publishedRecords.first.map { PrintedName.ofDataset($0.text("dataset")) } ?? ""
  }

  /// The published numbers that are shown: those on the data that the study is of, if there are any; and
  /// beside all detectors, areas alone.
  private var publishedRecords: [Record] {
    let all = records(.publishedValues)
    if report.subject == .evaluation {
      // They are of MNIST within L-infinity 0.3.
      let isComparable =
        evaluation?.text("dataset") == "mnist" && evaluation?.text("norm") == "linf"
        && abs((evaluation?.number("epsilon") ?? 0) - 0.3) < 1e-9
      return isComparable ? all : []
    }
    let own = all.filter {
      $0.text("dataset") == report.run.configuration["dataset"]?.string ?? "mnist"
    }
    let shown = own.isEmpty ? all : own
    return report.subject.isStudy ? shown : shown.filter { $0.text("quantity").contains("auroc") }
  }

  /// Our numbers beside those that are published of such a network.
  private var ours: LayoutColumn {
    LayoutColumn(column: .init("ours", hasBaseline ? "our baseline" : "ours", .percent)) { row in
      ownRobustness(beside: row).map(SQLValue.real) ?? .null
    }
  }

  /// The numbers that the papers have, with where they stand and how sure that is.
  private var publishedTable: NamedTable {
    let sure = [
      "S": "read in the paper", "C": "read in its authors' code", "2": "from a second source",
    ]
    let value = LayoutColumn(column: .init("value", "published", .text)) { row in
      let format: ColumnFormat =
        row.text("quantity").contains("auroc")
        ? .decimal(places: 4) : row.text("unit") == "fraction" ? .percent : .mixed
      return .text(Typesetting.text(of: row["value"], as: format))
    } detail: {
      "\($0.number("value"))"
    }
    let place = LayoutColumn(column: .init("place", "where", .text)) { row in
      let certainty = sure[row.text("certainty")] ?? row.text("certainty")
      return .text("\(row.text("place")) (\(certainty))")
    }
    let records = publishedRecords
    let datasets = Set(records.map { $0.text("dataset") })
    var columns: [LayoutColumn] = []
    if report.subject == .detectors { columns.append(.plain("study", "study", .text)) }
    columns += [LayoutColumn.printed("row", "of"), .attack]
    if datasets.count != 1 { columns.append(.plain("dataset", "data", .text)) }
    columns += [LayoutColumn.printed("quantity", "quantity"), value]
    if report.subject == .evaluation { columns.append(ours) }
    columns.append(place)
    return NamedTable(
      name: "\(report.subject.rawValue)-published",
      table: Table(
        title: "What the papers have" + (datasets.count == 1 ? " on \(datasetName)" : ""),
        notes: ["Their networks and attacks are others, so compare orders, not decimals."],
        columns: columns, records: records),
      source: source(.publishedValues))
  }
}

extension QueryResult {
  /// Refuses names of measures that these rows of detector_ranking lack; without any rows nothing was
  /// judged, which is said of the whole.
  ///
  /// - Throws: ``ReportError/unknownMeasure(_:known:)``.
  func refuseUnknownMeasures(_ names: [String]?) throws {
    let known = Set(records.map { $0.text("measure") })
    guard let names, !known.isEmpty, let unknown = names.first(where: { !known.contains($0) })
    else { return }
    throw ReportError.unknownMeasure(unknown, known: known.sorted())
  }
}
