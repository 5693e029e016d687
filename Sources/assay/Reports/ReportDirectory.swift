import Foundation
import Report
import Tracker

/// One file of a directory that holds a whole report.
struct ReportEntry {
  let name: String
  let choice: ReportChoice
  let format: ReportFormat
  /// The sweep that a figure is of.
  var sweep: String?
}

/// A whole report in a directory: tables and figures in all formats, and a manifest of them.
struct ReportDirectory {
  static let manifestName = "manifest.json"
  /// The version of the manifest's layout.
  private static let version: Int64 = 1

  let content: ReportContent
  let path: String

  private var url: URL { URL(fileURLWithPath: path, isDirectory: true) }

  /// Writes all files, the manifest last: what it names is there.
  ///
  /// The studies of other seeds are those of now, also when the directory is checked later.
  func write() throws {
    var content = content
    if try content.subjectOrSweeps.run != nil {
      content.options.seedStudies = try content.report.seedStudies
      content.cache?.report = nil
    }
    try ReportDirectory(content: content, path: path).writeFiles()
  }

  private func writeFiles() throws {
    let subject = try content.subjectOrSweeps
    let study = subject.run
    if !Figure.drawsPagesAndPixels {
      StandardError.write("assay: \(FigureError.onlySVG): PDF and PNG are left out")
    }
    // What refuses a whole report, such as two numbers of one name, does so before anything is written.
    let entries = try entries(of: study)
    if study != nil { _ = try content.report.macros() }
    try OutputDirectory.make(path)
    var files: [JSONValue] = []
    for entry in entries {
      let made = try made(entry)
      try ResultFile.write(made.bytes, to: url.appending(path: entry.name).path)
      files.append(.object(description(of: entry, made, subject)))
    }
    var manifest: [String: JSONValue] =
      try study == nil ? [:] : content.report.manifest()
    manifest["version"] = .integer(Self.version)
    manifest["protocol"] = content.protocolName.map(JSONValue.string) ?? .null
    manifest["clean_images"] = .bool(
      study.map { content.cleanImages.images(of: $0) != nil } ?? false)
    manifest["database"] = .object([
      "uuid": .string(try content.tracker.databaseUUID),
      "schema_version": .integer(Int64(try content.tracker.schemaVersion)),
    ])
    manifest["trial"] =
      subject.trial.map { trial in
        .object(["sweep": .string(trial.sweep), "number": .integer(Int64(trial.number))])
      } ?? .null
    manifest["columns"] = .string(content.options.latex.columns.rawValue)
    manifest["published"] = .bool(content.options.showsPublished)
    manifest["sweeps"] = .array(try content.sweepNames.map(JSONValue.string))
    if let objective = content.objective { manifest["objective"] = .string(objective) }
    manifest["files"] = .array(files)
    try ResultFile.write(
      try ReportManifest.bytes(of: .object(manifest)),
      to: url.appending(path: Self.manifestName).path)
  }

  /// The files that there are of a study and of the database's sweeps.
  private func entries(of study: Run?) throws -> [ReportEntry] {
    var entries: [ReportEntry] = []
    if study != nil {
      let parts = try content.report.partsWithTables
      let formats: [(ReportFormat, ending: String)] = [
        (.csv, "csv"), (.json, "json"), (.markdown, "md"), (.latex, "tex"),
      ]
      entries += parts.flatMap { part in
        formats.map {
          ReportEntry(
            name: "\(part.rawValue).\($0.ending)", choice: .table(part), format: $0.0)
        }
      }
      entries.append(ReportEntry(name: "tables.txt", choice: .tables, format: .text))
      entries.append(ReportEntry(name: "tables.tex", choice: .tables, format: .latex))
      entries.append(ReportEntry(name: "macros.tex", choice: .macros, format: .latex))
      entries += try Figure.allCases.filter(\.isOfStudy).flatMap {
        try drawings(of: $0, named: $0.rawValue)
      }
    }
    for (index, sweep) in try content.sweepNames.enumerated() {
      entries += try Figure.allCases.filter(\.isOfSweep).flatMap {
        try drawings(of: $0, named: "\($0.rawValue)-\(index + 1)", sweep: sweep)
      }
    }
    return entries + [ReportEntry(name: "report.html", choice: .everything, format: .html)]
  }

  /// A figure's files; none where the database has nothing for it.
  private func drawings(
    of figure: Figure, named name: String, sweep: String? = nil
  ) throws -> [ReportEntry] {
    do {
      _ = try content.of(sweep: sweep).drawn(figure)
    } catch FigureError.nothingToDraw {
      return []
    }
    let formats: [ReportFormat] = Figure.drawsPagesAndPixels ? [.svg, .pdf, .png] : [.svg]
    return formats.map {
      ReportEntry(
        name: "\(name).\($0.rawValue)", choice: .figure(figure), format: $0, sweep: sweep)
    }
  }

  private func made(_ entry: ReportEntry) throws -> (bytes: [UInt8], queries: [Query]) {
    let content = content.of(sweep: entry.sweep)
    return (
      try content.rendered(entry.choice, as: entry.format), try content.queries(of: entry.choice)
    )
  }

  /// What the manifest says of a file.
  private func description(
    of entry: ReportEntry, _ made: (bytes: [UInt8], queries: [Query]), _ subject: ReportSubject
  ) -> [String: JSONValue] {
    var words = ["assay", "report", entry.choice.name]
    if let study = subject.run, entry.sweep == nil {
      words += [study.kind == Run.modelKind ? "--model" : "--study", study.uuid]
    }
    if let name = content.protocolName, entry.sweep == nil { words += ["--protocol", name] }
    if entry.format == .latex, content.options.latex.columns != .text {
      words += ["--columns", content.options.latex.columns.rawValue]
    }
    if !content.options.showsPublished, entry.sweep == nil { words.append("--without-published") }
    let isWhole = entry.choice == .everything
    if let sweep = entry.sweep ?? (isWhole ? content.sweep : nil) { words += ["--sweep", sweep] }
    if let objective = content.objective, isWhole || entry.sweep != nil {
      words += ["--objective", objective]
    }
    words += ["--format", entry.format.rawValue, "-o", entry.name]
    return [
      "name": .string(entry.name), "section": .string(entry.choice.name),
      "format": .string(entry.format.rawValue),
      "sweep": entry.sweep.map(JSONValue.string) ?? .null,
      "command": .array(words.filter { !$0.isEmpty }.map(JSONValue.string)),
      "size": .integer(Int64(made.bytes.count)),
      "sha256": .string(Digest.sha256(made.bytes)),
      "queries": .array(
        made.queries.map {
          .object(["name": .string($0.rawValue), "sha256": .string($0.sha256)])
        }),
    ]
  }
}
