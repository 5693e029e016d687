import ArgumentParser
import Report
import SQLite
import Tracker

extension DBCommand {
  struct Usage: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "usage",
      abstract: "Shows what takes the room on the disk, by content, kind and run.",
      discussion: """
        A content that several runs have counts with the first of them. The text has all three tables, the \
        last with the largest runs; other formats have the one that --by names.

        Example: assay db usage
        Example: assay db usage --by run --format csv
        """)

    @OptionGroup var reading: ReadingOptions

    @Option(help: "What is added up. (default: all three as text, else content)")
    var by: Part?

    @Option(help: "The number of runs to list; 0 for all. (default: 10 as text, else all)")
    var limit: Int?

    enum Part: String, CaseIterable, ExpressibleByArgument {
      case content, kind, run
    }

    private static let usualLimit = 10

    func validate() throws {
      if let limit, limit < 0 { throw ValidationError("--limit must be 0 or more, not \(limit)") }
    }

    func run() throws {
      let tracker = try reading.openTracker()
      let usage = try tracker.diskUsage()
      let directories = RunDirectories(of: reading.database.resolvedPath).bytes
      let isText = reading.format == .text
      let parts = by.map { [$0] } ?? (isText ? Part.allCases : [.content])
      let tables = parts.map { part in
        switch part {
        case .content: contentTable(usage, directories)
        case .kind: kindTable(usage)
        case .run: runTable(usage)
        }
      }
      try StandardOutput.write(
        tables.map { $0.shown(as: reading.format) }.joined(separator: isText ? "\n" : ""))
    }

    /// Bytes as people read them, or as they are in other formats.
    private func size(_ bytes: Int64) -> SQLValue {
      reading.format == .text ? .text(bytes == 0 ? "—" : ByteCount.text(bytes)) : .integer(bytes)
    }

    private func contentTable(_ usage: DiskUsage, _ directories: Int64) -> Table {
      var rows: [[SQLValue]] = usage.contents.map {
        [.text($0.name), $0.count > 0 ? .integer($0.count) : .null, size($0.bytes)]
      }
      rows.append([.text("the file"), .null, size(usage.fileBytes)])
      if directories > 0 {
        rows.append([.text("directories of runs, beside the file"), .null, size(directories)])
      }
      let deleted = usage.runs.filter(\.isDeleted)
      var notes: [String] = []
      if !deleted.isEmpty {
        let bytes = ByteCount.text(deleted.reduce(0) { $0 + $1.bytes })
        notes.append(
          "Deleted runs, \(deleted.count) of them, take \(bytes); assay db vacuum removes them.")
      }
      if !usage.isExact {
        notes.append("This SQLite cannot count pages: sizes of rows are estimates.")
      }
      return Table(
        title: "", notes: notes,
        columns: [
          .init("content", "content", .text), .init("count", "count", .integer),
          .init("bytes", "size", reading.format == .text ? .text : .integer),
        ], rows: rows)
    }

    private var sizeColumns: [Table.Column] {
      [
        ("artifact_bytes", "artifacts"), ("checkpoint_bytes", "checkpoints"),
        ("pixel_bytes", "pixels"), ("points", "points"), ("image_rows", "image rows"),
        ("bytes", "in all"),
      ].map { name, heading in
        let isNumber = name == "points" || name == "image_rows"
        return Table.Column(
          name, heading, isNumber || reading.format != .text ? .integer : .text)
      }
    }

    private func sizes(_ usages: [DiskUsage.RunUsage]) -> [SQLValue] {
      func sum(_ part: (DiskUsage.RunUsage) -> Int64) -> Int64 {
        usages.reduce(0) { $0 + part($1) }
      }
      return [
        size(sum(\.artifactBytes)), size(sum(\.checkpointBytes)), size(sum(\.pixelBytes)),
        .integer(sum(\.points)), .integer(sum(\.imageRows)), size(sum(\.bytes)),
      ]
    }

    private func kindTable(_ usage: DiskUsage) -> Table {
      let kinds = Dictionary(grouping: usage.runs, by: \.kind).map { kind, runs in
        (kind: kind, runs: runs, bytes: runs.reduce(0) { $0 + $1.bytes })
      }.sorted { ($1.bytes, $0.kind) < ($0.bytes, $1.kind) }
      return Table(
        title: "",
        columns: [.init("kind", "kind", .text), .init("runs", "runs", .integer)]
          + sizeColumns,
        rows: kinds.map {
          [.text($0.kind), .integer(Int64($0.runs.count))] + sizes($0.runs)
        })
    }

    private func runTable(_ usage: DiskUsage) -> Table {
      let limit = limit ?? (reading.format == .text ? Self.usualLimit : 0)
      let runs = limit > 0 ? Array(usage.runs.prefix(limit)) : usage.runs
      let notes =
        runs.count < usage.runs.count
        ? ["The largest of \(usage.runs.count) runs; --limit 0 shows all."] : []
      return Table(
        title: "", notes: notes,
        columns: [
          .init("run", "run", .run), .init("kind", "kind", .text), .init("name", "name", .text),
        ] + sizeColumns,
        rows: runs.map {
          [
            .text($0.run), .text($0.kind), $0.name.map(SQLValue.text) ?? .null,
          ] + sizes([$0])
        })
    }
  }
}
