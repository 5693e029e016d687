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

    /// What a run takes, in the order of the columns.
    private static let parts:
      [(name: String, heading: String, isSize: Bool, of: @Sendable (DiskUsage.RunUsage) -> Int64)] =
        [
          ("artifact_bytes", "artifacts", true, { $0.artifactBytes }),
          ("checkpoint_bytes", "checkpoints", true, { $0.checkpointBytes }),
          ("pixel_bytes", "pixels", true, { $0.pixelBytes }),
          ("points", "points", false, { $0.points }),
          ("image_rows", "image rows", false, { $0.imageRows }),
          ("bytes", "in all", true, { $0.bytes }),
        ]

    /// The columns of sizes; people are shown those alone that have any.
    private func shownParts(of usage: DiskUsage) -> [Int] {
      Self.parts.indices.filter { place in
        reading.format != .text || place == Self.parts.count - 1
          || usage.runs.contains { Self.parts[place].of($0) > 0 }
      }
    }

    private func sizeColumns(of usage: DiskUsage) -> [Table.Column] {
      shownParts(of: usage).map { place in
        let part = Self.parts[place]
        return Table.Column(
          part.name, part.heading,
          part.isSize && reading.format == .text ? .text : .integer)
      }
    }

    private func sizes(_ runs: [DiskUsage.RunUsage], of usage: DiskUsage) -> [SQLValue] {
      shownParts(of: usage).map { place in
        let part = Self.parts[place]
        let sum = runs.reduce(0) { $0 + part.of($1) }
        return part.isSize ? size(sum) : .integer(sum)
      }
    }

    private func kindTable(_ usage: DiskUsage) -> Table {
      let kinds = Dictionary(grouping: usage.runs, by: \.kind).map { kind, runs in
        (kind: kind, runs: runs, bytes: runs.reduce(0) { $0 + $1.bytes })
      }.sorted { ($1.bytes, $0.kind) < ($0.bytes, $1.kind) }
      return Table(
        title: "",
        columns: [.init("kind", "kind", .text), .init("runs", "runs", .integer)]
          + sizeColumns(of: usage),
        rows: kinds.map {
          [.text($0.kind), .integer(Int64($0.runs.count))] + sizes($0.runs, of: usage)
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
        ] + sizeColumns(of: usage),
        rows: runs.map {
          [
            .text($0.run), .text($0.kind), $0.name.map(SQLValue.text) ?? .null,
          ] + sizes([$0], of: usage)
        })
    }
  }
}
