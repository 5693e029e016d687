internal import SQLite
internal import Synchronization
public import Tracker

/// The tables of a study, ours beside the published ones, or of a model and all of its sets.
///
/// Every number comes from a named query; what is done here is layout. Each query is asked once: a
/// report of a database that changes is a new one.
public struct StudyReport: Sendable {
  /// The tables that there are, by the names that commands use.
  public enum Part: String, Sendable, CaseIterable {
    /// Accuracy of the network on images that nobody changed.
    case networks
    /// Accuracy of the undefended network.
    case table1
    /// Detection.
    case table2
    /// Classification of what is declared clean.
    case table3
    /// What each part of the detector contributes.
    case ablations
    /// The measures of uncertainty.
    case measures
    /// What the attacks did.
    case attacks
    /// Mean and deviation over the seeds.
    case seeds

    /// The query that the numbers come from.
    public var query: Query {
      switch self {
      case .networks: .networks
      case .table1: .table1
      case .table2: .table2
      case .table3: .table3
      case .ablations: .ablations
      case .measures: .measures
      case .attacks: .attacks
      case .seeds: .seeds
      }
    }

    /// Whether the query tells the protocols apart by a parameter.
    var hasProtocolParameter: Bool { [.table2, .table3, .ablations].contains(self) }
  }

  let tracker: Tracker
  let study: Run
  let protocols: [String]
  let attackOrder: [String]
  let isStandIn: Bool
  let trial: (sweep: String, number: Int)?
  let options: ReportOptions
  private let answers = Answers()

  /// Prepares the report of a study or of a model.
  ///
  /// - Parameters:
  ///   - tracker: The record.
  ///   - study: The run that joins the study's results, or the model's training.
  ///   - protocolName: "paper" or "heldout"; nil shows both.
  ///   - attackOrder: The attacks' names in the order in which they are shown.
  ///   - isStandIn: Whether a model is reported because there is no study, which the heading says.
  ///   - trial: The trial that the study is of, which the heading says.
  ///   - options: How the report is set.
  public init(
    tracker: Tracker, study: Run, protocolName: String?, attackOrder: [String],
    isStandIn: Bool = false, trial: (sweep: String, number: Int)? = nil,
    options: ReportOptions = ReportOptions()
  ) {
    self.tracker = tracker
    self.study = study
    protocols = protocolName.map { [$0] } ?? ["paper", "heldout"]
    self.attackOrder = attackOrder
    self.isStandIn = isStandIn
    self.trial = trial
    self.options = options
  }

  /// The report, or one table of it, and where its numbers come from.
  ///
  /// Text, Markdown, LaTeX and HTML have the papers' layout. JSON, JSON Lines, CSV and TSV have the
  /// queries' rows: JSON an object with an array for each table, the others the three papers' tables
  /// in one and nothing else.
  ///
  /// - Parameters:
  ///   - part: Which table; nil for all.
  ///   - format: In what form.
  ///   - width: How many characters a line of text holds; nil for any number.
  ///   - drawings: Drawings in characters that stand between text's tables and their provenance.
  /// - Returns: The text.
  /// - Throws: ``ReportError``, and what the queries throw.
  public func rendered(
    _ part: Part? = nil, as format: TableFormat, width: Int? = nil,
    followedBy drawings: [String] = []
  ) throws -> String {
    if part == .seeds, study.isModel { throw ReportError.seedsOfModel(study.uuid) }
    let parts = part.map { [$0] } ?? allParts
    let provenance = try provenance(of: parts)
    switch format {
    case .csv, .tsv, .jsonl:
      return try (part.map(rows) ?? joinedPaperTables()).rendered(as: format)
    case .json:
      let members = try parts.map { part in
        "\"\(part.rawValue)\": " + (try rows(part).renderedJSON())
      }
      return "{\n" + (members + ["\"provenance\": " + provenance.json]).joined(separator: ",\n")
        + "\n}\n"
    case .text:
      let tables = try layouts(part).map { $0.table.renderedText(width: width) }
      let heading = try heading.flatMap {
        $0.terminalText.wrapped(to: min(width ?? Table.noteWidth, Table.noteWidth))
      }
      return
        ((part == nil ? [heading.joined(separator: "\n") + "\n"] : []) + tables
        + drawings + [provenance.text(width: width)]).joined(separator: "\n")
    case .markdown:
      let tables = try layouts(part).map { $0.table.renderedMarkdown() }
      return try
        ((part == nil
        ? [heading.map { Markdown.escaped($0.terminalText) }.joined(separator: "\n\n") + "\n"]
        : []) + tables + [provenance.markdown]).joined(separator: "\n")
    case .latex:
      let layouts = try layouts(part)
      if layouts.count > 1, options.latex.caption != nil || options.latex.label != nil {
        throw ReportError.severalTables(layouts.count)
      }
      let tables = layouts.map {
        $0.table.renderedLaTeX(name: $0.name, style: options.latex)
      }
      return try LaTeX.comment(
        heading + ["To be read by \\input; it needs \\usepackage{booktabs}."] + provenance.lines)
        + "\n" + tables.joined(separator: "\n")
    case .html: return try Page.of(self, part).html()
    }
  }

  /// The tables as people read them, with the queries that they come from.
  ///
  /// - Parameter part: Which tables; nil for all.
  /// - Returns: The tables, each a block; of a table by two protocols the one by held-out thresholds,
  ///   with the other as its variant.
  /// - Throws: What the queries throw.
  package func blocks(_ part: Part? = nil) throws -> [Page.Block] {
    let layouts = try layouts(part)
    return allParts.compactMap { one in
      let blocks = layouts.filter { $0.part == one }.reversed().map { layout in
        Page.Block(.table(layout.table), sources: [layout.source], name: one.rawValue)
      }
      guard var first = blocks.first else { return nil }
      first.variants = Array(blocks.dropFirst())
      return first
    }
  }

  /// What a manifest says of the study: its database, its data and its runs.
  ///
  /// - Throws: ``ReportError``, and what the queries throw.
  public func manifest() throws -> [String: JSONValue] {
    var manifest = try provenance(of: allParts).manifest
    manifest["seed_studies"] = .array(try seedStudies.map(JSONValue.string))
    return manifest
  }

  /// The runs that the numbers of some parts come from, as the query provenance gives them: first the
  /// study's own, then those of other seeds.
  func runs(of parts: [Part]) throws -> QueryResult { try provenance(of: parts).runs }

  /// The UUIDs of the runs that the report's numbers come from.
  ///
  /// - Throws: ``ReportError``, and what the queries throw.
  public func runs() throws -> Set<String> {
    Set(try runs(of: allParts).records.map { $0.text("run") })
  }

  /// What its measures are called.
  var measureNames: MeasureNames {
    get throws {
      try answers.names { try MeasureNames(of: tracker) }
    }
  }

  /// Refuses a study whose numbers belong to no one data set.
  ///
  /// - Throws: ``ReportError/mixedData(study:digests:isModel:)``, and what the query throws.
  public func refuseMixedData() throws { _ = try provenance(of: []) }

  /// Where the numbers of some parts come from.
  ///
  /// - Throws: ``ReportError/mixedData(study:digests:isModel:)``, and what the queries throw.
  func provenance(of parts: [Part]) throws -> ReportProvenance {
    try ReportProvenance(
      of: study, in: tracker, queries: parts.map(\.query),
      seeds: parts.contains(.seeds) ? seedStudies : [])
  }

  /// The parts that have a table: there may be one seed, or no held-out half.
  ///
  /// - Throws: What the queries throw.
  public var partsWithTables: [Part] {
    get throws {
      try Part.allCases.filter { part in
        do {
          return try !layouts(part).isEmpty
        } catch is ReportError {
          return false
        }
      }
    }
  }

  /// The parts that there may be: a model is of one seed.
  public var allParts: [Part] { Part.allCases.filter { $0 != .seeds || !study.isModel } }

  /// What was studied, above the tables.
  private var heading: [String] {
    get throws {
      let dataset = study.configuration["dataset"]?.string ?? "an unknown data set"
      let network = try networkName
      guard !study.isModel else {
        let origin = study.seed.map { "trained with seed \($0)" } ?? "imported"
        let name = study.name.map { " (\($0))" } ?? ""
        return [
          "Model \(study.uuid.prefix(8))\(name): \(network) on \(dataset), \(origin); sets: "
            + (try sets.names)
        ] + caveats()
      }
      let whose = trial.map { "Trial \($0.number) of sweep \($0.sweep), study" } ?? "Study"
      return [
        "\(whose) \(study.uuid.prefix(8)): \(network) on \(dataset), seed \(study.seed ?? 0)"
      ] + caveats()
    }
  }

  static let standInNote =
    "The database has no study; this is the newest of its models that have thresholds."
  static let quickNote =
    "A QUICK STUDY: one epoch, few images. Its numbers are for a first look only."

  /// The sets that the report of a model is about.
  var sets: ReportedSets {
    get throws {
      try ReportedSets(of: study, in: tracker, order: attackOrder)
    }
  }

  /// Refuses a model that has nothing to report.
  ///
  /// - Throws: ``ReportError/noSets(model:)``, and what the query throws.
  public func refuseModelWithoutSets() throws {
    if study.isModel, try sets.isEmpty { throw ReportError.noSets(model: study.uuid) }
  }

  private func joinedPaperTables() throws -> Table {
    let tables = try [Part.table1, .table2, .table3].map(rows)
    return Table(title: "", columns: tables[0].columns, rows: tables.flatMap(\.rows))
  }

  /// A part's rows as its query gives them, the attacks in order.
  func rows(_ part: Part) throws -> Table {
    let result = try ask(part)
    let columns = result.columns.map { Table.Column($0, $0, .text) }
    return Table(title: "", columns: columns, rows: result.rows)
  }

  /// The studies that the study is compared with over seeds, by their runs; none where there is
  /// one seed.
  ///
  /// - Throws: What the query throws.
  public var seedStudies: [String] {
    get throws {
      guard !study.isModel else { return [] }
      let members = try tracker.query(.seedStudies, seedBindings).records.map { $0.text("member") }
      return members.count > 1 ? members : []
    }
  }

  private var seedBindings: [String: SQLValue] {
    var bindings: [String: SQLValue] = ["study": .text(study.uuid)]
    if let studies = options.seedStudies {
      bindings["studies"] = .text(JSONValue.array(studies.map(JSONValue.string)).canonical)
    }
    return bindings
  }

  /// What a part's query is given.
  func bindings(_ part: Part, protocolName: String? = nil) -> [String: SQLValue] {
    if part == .seeds { return seedBindings }
    var bindings: [String: SQLValue] = ["study": .text(study.uuid)]
    if part.hasProtocolParameter,
      let name = protocolName ?? (protocols.count == 1 ? protocols[0] : nil)
    {
      bindings["protocol"] = .text(name)
    }
    return bindings
  }

  /// The rows of a part's query, first by protocol, then by attack in order.
  func ask(_ part: Part, protocolName: String? = nil) throws -> QueryResult {
    let result = try answers.answer("\(part.rawValue) \(protocolName ?? "")") {
      let answer = try tracker.query(part.query, bindings(part, protocolName: protocolName))
      return options.showsPublished ? answer : answer.without(["reproduction", "original"])
    }
    let attack = result.columns.firstIndex(of: "attack")
    let place = result.columns.firstIndex(of: "protocol")
    func key(_ row: [SQLValue]) -> (Int, Int) {
      let name = attack.flatMap { row[$0].text } ?? ""
      let isSecond = place.flatMap { row[$0].text } == "heldout"
      return (isSecond ? 1 : 0, AttackName.place(of: name, in: attackOrder))
    }
    let sorted = result.rows.enumerated().sorted {
      let (a, b) = (key($0.element), key($1.element))
      return (a.0, a.1, $0.offset) < (b.0, b.1, $1.offset)
    }.map(\.element)
    // Where thresholds were given as well as chosen, what does not depend on them comes twice.
    let rows = sorted.indices.filter { $0 == 0 || sorted[$0] != sorted[$0 - 1] }.map { sorted[$0] }
    return QueryResult(columns: result.columns, rows: rows)
  }
}

extension QueryResult {
  /// The same with nothing in some columns.
  func without(_ names: Set<String>) -> QueryResult {
    let places = columns.indices.filter { names.contains(columns[$0]) }
    guard !places.isEmpty else { return self }
    return QueryResult(
      columns: columns,
      rows: rows.map { row in
        var row = row
        for place in places { row[place] = .null }
        return row
      })
  }
}

/// What queries have answered, so that a report in several formats asks once.
private final class Answers: Sendable {
  private let known = Mutex<[String: QueryResult]>([:])
  private let knownNames = Mutex<MeasureNames?>(nil)

  func names(read: () throws -> MeasureNames) rethrows -> MeasureNames {
    if let names = knownNames.withLock({ $0 }) { return names }
    let names = try read()
    knownNames.withLock { $0 = names }
    return names
  }

  func answer(_ name: String, ask: () throws -> QueryResult) rethrows -> QueryResult {
    if let result = known.withLock({ $0[name] }) { return result }
    let result = try ask()
    known.withLock { $0[name] = result }
    return result
  }
}
