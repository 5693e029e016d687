import ArgumentParser
import Foundation
import Report
import SQLite
import Tracker

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes every view as CSV, TSV or JSON Lines.",
    discussion: """
      All files show one state of the database, even while other programs write to it. schema.json lists \
      each view with its file, its number of rows, and its columns with the types that occur. Pixels are \
      hexadecimal: little-endian 32-bit floats, row by row. Long views, with a row per measure, voter, voter \
      set or detector of every image, are left out unless you ask for them: image_scores, image_agreements, \
      detection_scores, detection_votes, detection_agreements, voted_scores and detection_decisions. Measures \
      without a column of their own are in image_scores alone.

      Example: assay export results
      Example: assay export results --format jsonl --without-pixels
      """)

  @Argument(help: "The directory to write to; Assay creates it.")
  var directory: String

  @Option(help: "The format of rows: csv, tsv or jsonl.")
  var format = TableFormat.csv

  @Flag(help: "Leaves out the pixels of adversarial images, most of the data.")
  var withoutPixels = false

  @Flag(help: "Adds the long views, millions of rows for a full study.")
  var withLongViews = false

  /// Views with a row per measure, voter, voter set or detector of every image.
  private static let longViews: Set = [
    "image_scores", "image_agreements", "detection_scores", "detection_votes",
    "detection_agreements", "voted_scores", "detection_decisions",
  ]

  @OptionGroup var database: DatabaseOptions

  @OptionGroup var quiet: QuietOption

  func validate() throws {
    guard RowEncoder(format, columns: []) != nil else {
      throw ValidationError("views are written as csv, tsv or jsonl, not \(format.rawValue)")
    }
  }

  func run() throws {
    let tracker = try ProgramDatabase.openForReading(database.resolvedPath)
    let folder = URL(fileURLWithPath: directory)
    try OutputDirectory.make(directory)
    let views = try tracker.read { connection in
      try connection.snapshot { try export(from: connection, to: folder) }
    }
    if !quiet.isOn { StandardError.write("wrote \(views) views to \(directory)") }
  }

  private func export(from connection: Connection, to folder: URL) throws -> Int {
    let names = try connection.rows(
      "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name"
    ) { try $0.text(0) }.filter { name in
      !(withoutPixels && name == "adversarial_image_pixels")
        && (withLongViews || !Self.longViews.contains(name))
    }
    let views = try names.map { name in
      try ViewFile(view: name, format: format, folder: folder).write(from: connection)
    }
    let identity = try connection.rows("SELECT uuid FROM database_identity") { try $0.text(0) }
    let schema = JSONValue.object([
      "application": .string("assay \(assayVersion)"),
      "database": identity.first.map(JSONValue.string) ?? .null,
      "schema_version": .integer(Int64(try connection.userVersion)),
      "format": .string(format.rawValue), "views": .array(views),
    ])
    try ResultFile.write(
      Array((schema.canonical + "\n").utf8), to: folder.appending(path: "schema.json").path)
    return names.count
  }
}

/// One view's file.
private struct ViewFile {
  let view: String
  let format: TableFormat
  let folder: URL

  private var name: String { "\(view).\(format.rawValue)" }

  /// Writes all rows, beside the old file until all are written.
  ///
  /// - Returns: What schema.json says of it.
  func write(from connection: Connection) throws -> JSONValue {
    let sql = "SELECT * FROM \(view)"
    let columns = try connection.describe(sql).columns
    let file = try ResultFile(path: folder.appending(path: name).path)
    let encoder = RowEncoder(format, columns: columns)
    var types = [Set<String>](repeating: [], count: columns.count)
    var count = 0
    try file.write(encoder?.header ?? "")
    _ = try connection.rows(sql) { row in
      let values = columns.indices.map(row.value)
      for (column, value) in values.enumerated() { types[column].insert(value.typeName) }
      try file.write(encoder?.line(values) ?? "")
      count += 1
    }
    try file.finish()
    return .object([
      "name": .string(view), "file": .string(name), "rows": .integer(Int64(count)),
      "columns": .array(
        zip(columns, types).map { column, types in
          .object([
            "name": .string(column), "types": .array(types.sorted().map(JSONValue.string)),
          ])
        }),
    ])
  }
}

extension SQLValue {
  /// The name of the storage class, as SQL has it.
  fileprivate var typeName: String {
    switch self {
    case .null: "null"
    case .integer: "integer"
    case .real: "real"
    case .text: "text"
    case .blob: "blob"
    }
  }
}
