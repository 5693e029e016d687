internal import SQLite
internal import Tracker

/// A table as people read it, with where its numbers come from.
struct Layout {
  let part: StudyReport.Part
  /// What references and macros call it, such as "table2-paper".
  let name: String
  let table: Table
  let source: Page.Source
}

extension StudyReport {
  /// The tables of a part, or of all parts, that have numbers.
  ///
  /// - Throws: ``ReportError/oneSeed(study:)`` if only the table over seeds is requested and there is
  ///   one seed;
  ///   ``ReportError/noHeldoutHalf(model:)``, ``ReportError/noVotes(_:model:)`` or
  ///   ``ReportError/noRows(_:of:)`` if another part is, and there are no numbers.
  func layouts(_ part: Part? = nil) throws -> [Layout] {
    let layouts = try (part.map { [$0] } ?? allParts).flatMap { part in
      try filledLayouts(of: part, by: protocols)
    }
    guard let part, layouts.isEmpty else { return layouts }
    if part == .seeds { throw ReportError.oneSeed(study: study.uuid) }
    if study.isModel {
      if protocols == ["heldout"], try !filledLayouts(of: part, by: ["paper"]).isEmpty {
        throw ReportError.noHeldoutHalf(model: study.uuid)
      }
      if [.table2, .table3].contains(part), try hasNoVotes {
        throw ReportError.noVotes(part.rawValue, model: study.uuid)
      }
    }
    throw ReportError.noRows(part.rawValue, of: study.uuid)
  }

  private func filledLayouts(of part: Part, by protocols: [String]) throws -> [Layout] {
    let layouts: [Layout] =
      switch part {
      case .networks: [try layout(part, networksTable)]
      case .table1: [try layout(part, paperTable1)]
      case .table2: try byProtocol(part, protocols, paperTable2)
      case .table3: try byProtocol(part, protocols, paperTable3)
      case .ablations: try byProtocol(part, protocols, ablationsTable)
      case .measures: try byProtocol(part, protocols, measuresTable)
      case .attacks: [try layout(part, attacksTable)]
      case .seeds: [try layout(part, seedsTable)]
      }
    return layouts.filter { !$0.table.rows.isEmpty }
  }

  /// Whether thresholds were chosen, and all of them of a measure alone.
  private var hasNoVotes: Bool {
    get throws {
      let detectors = try protocols.flatMap { name in
        try ask(.ablations, protocolName: name).records.map { $0.text("detector") }
      }
      return !detectors.isEmpty && detectors.allSatisfy { $0 == "uncertainty" }
    }
  }

  private func layout(_ part: Part, _ table: () throws -> Table) rethrows -> Layout {
    Layout(
      part: part, name: part.rawValue, table: try table(),
      source: Page.Source(part.query, bindings(part)))
  }

  private func byProtocol(
    _ part: Part, _ protocols: [String], _ table: (String) throws -> Table
  ) throws -> [Layout] {
    // Imported images without a held-out half have thresholds by protocol paper alone.
    try protocols.filter { name in
      try !study.isModel || !ask(.ablations, protocolName: name).rows.isEmpty
    }.map { name in
      Layout(
        part: part, name: "\(part.rawValue)-\(name)", table: try table(name),
        source: Page.Source(part.query, bindings(part, protocolName: name)))
    }
  }

  static let protocolDescriptions = [
    "paper": "protocol paper: thresholds chosen on the very images reported",
    "heldout": "protocol heldout: thresholds chosen on the held-out half",
  ]

  /// A title that says which protocol a table is about.
  func title(_ text: String, _ protocolName: String) -> String {
    "\(text); \(Self.protocolDescriptions[protocolName] ?? protocolName)"
  }
}

/// A column of a layout, made of a query's row.
struct LayoutColumn {
  let column: Table.Column
  let value: (Record) -> SQLValue
  /// The exact numbers behind a cell that is set of several.
  var detail: (Record) -> String = { _ in "" }

  /// A column of the query whose names are shown as people write them.
  static func printed(_ name: String, _ heading: String) -> LayoutColumn {
    LayoutColumn(column: .init(name, heading, .text)) { row in
      row[name].text.map { .text(PrintedName.of($0)) } ?? .null
    }
  }

  /// A column of the query whose names are users' own, or Assay's in print.
  static func named(_ name: String, _ heading: String) -> LayoutColumn {
    LayoutColumn(column: .init(name, heading, .text)) { row in
      row[name].text.map { .text(PrintedName.ofKnown($0)) } ?? .null
    }
  }

  /// The column of measures, as their rows say that people call them.
  static func measure(_ names: MeasureNames) -> LayoutColumn {
    LayoutColumn(column: .init("measure", "measure", .text)) { row in
      row["measure"].text.map { .text(names.title($0)) } ?? .null
    }
  }

  /// The column of attacks, in capitals as people write them.
  static var attack: LayoutColumn {
    LayoutColumn(column: .init("attack", "attack", .text)) { row in
      row["attack"].text.map { .text(AttackName.heading($0)) } ?? .null
    }
  }

  /// A column of the query as it is.
  static func plain(_ name: String, _ heading: String, _ format: ColumnFormat) -> LayoutColumn {
    LayoutColumn(column: .init(name, heading, format)) { $0[name] }
  }

  /// The interval of a column of the query, from the columns of its ends.
  static func interval(_ name: String, _ format: ColumnFormat = .percent) -> LayoutColumn {
    LayoutColumn(column: .init(name + "_interval", "95%", .text)) { row in
      .text(Typesetting.interval(row[name + "_low"], row[name + "_high"], as: format))
    } detail: { row in
      guard let low = row[name + "_low"].real, let high = row[name + "_high"].real else {
        return ""
      }
      return "\(low) to \(high)"
    }
  }
}

extension Table {
  /// A table with a row for each row of a query.
  init(title: String, notes: [String], columns: [LayoutColumn], records: [Record]) {
    self.init(
      title: title, notes: notes, columns: columns.map(\.column),
      rows: records.map { record in columns.map { $0.value(record) } },
      details: records.map { record in columns.map { $0.detail(record) } })
  }
}
