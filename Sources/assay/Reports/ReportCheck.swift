import Foundation
import Report
import Tracker

/// Holds a directory's report against the database that it says it is of.
struct ReportCheck {
  let content: ReportContent
  let path: String
  let notice: (String) -> Void

  /// Rebuilds every file that the manifest names and lists what differs.
  ///
  /// - Throws: ``ReportCheckError/differs(_:places:files:)`` if a number does.
  func run() throws {
    let manifest = try ReportManifest(in: path)
    if let database = manifest.database, database != (try content.tracker.databaseUUID) {
      notice("\(path) was made from database \(database), which is another one")
    }
    var content = content
    content.study = manifest.study
    content.model = manifest.model
    content.protocolName = manifest.protocolName
    tellStrangers(besides: manifest)
    _ = try content.studyOrSweeps()
    var found: [ReportDifference] = []
    var agreeing: Set<String> = []
    var unchecked = 0
    for (entry, digest) in manifest.files {
      if try canBeDrawn(entry, manifest, content) {
        found += try differences(of: entry, digest, content, &agreeing)
      } else {
        unchecked += 1
      }
    }
    report(found)
    guard found.isEmpty else {
      throw ReportCheckError.differs(
        path, places: found.count, files: Set(found.map(\.file)).count)
    }
    let count = manifest.files.count
    let checked = unchecked == 0 ? "\(count)" : "\(count - unchecked) of \(count)"
    ReportFile.print(Array("\(path): \(checked) files checked, no number differs\n".utf8))
  }

  /// Where a file says something else than the database.
  ///
  /// - Parameters:
  ///   - entry: The file.
  ///   - digest: Its SHA-256 when it was written.
  ///   - content: What rebuilds it.
  ///   - agreeing: The drawings whose SVG says the same from other sources.
  /// - Returns: The places; none for a file that says the same.
  /// - Throws: What the queries throw.
  private func differences(
    of entry: ReportEntry, _ digest: String, _ content: ReportContent,
    _ agreeing: inout Set<String>
  ) throws -> [ReportDifference] {
    guard let old = bytes(of: entry.name) else { return [missing(entry)] }
    guard let new = try rebuilt(entry, content) else {
      return [missing(entry, old: "there", new: "nothing")]
    }
    if old == new { return [] }
    let found = ReportDifference.between(old, and: new, of: entry.name, as: entry.format)
    let stem = URL(fileURLWithPath: entry.name).deletingPathExtension().lastPathComponent
    if entry.format == .svg, found.isEmpty { agreeing.insert(stem) }
    // Other formats of a drawing cannot be read back: untouched, they are what their SVG is.
    let isAsItsSVG =
      [.png, .pdf].contains(entry.format) && Digest.sha256(old) == digest
      && agreeing.contains(stem)
    guard found.isEmpty || isAsItsSVG else { return found }
    notice("\(entry.name): the same numbers, from other queries or runs")
    return []
  }

  /// A file as the database gives it; nil if there is nothing of it any more.
  private func rebuilt(_ entry: ReportEntry, _ content: ReportContent) throws -> [UInt8]? {
    do {
      return try content.of(sweep: entry.sweep).rendered(entry.choice, as: entry.format)
    } catch is FigureError {
      return nil
    } catch ReportError.oneSeed {
      return nil
    }
  }

  /// Whether the gallery has the clean images that it had when it was written.
  private func canBeDrawn(
    _ entry: ReportEntry, _ manifest: ReportManifest, _ content: ReportContent
  ) throws -> Bool {
    guard manifest.hasCleanImages, [.figure(.gallery), .everything].contains(entry.choice) else {
      return true
    }
    let isThere = content.cleanImages.images(of: try content.chosenStudy()) != nil
    if !isThere {
      notice("\(entry.name) is not checked: it shows clean images, and they are not in --data")
    }
    return isThere
  }

  private func bytes(of name: String) -> [UInt8]? {
    (try? Data(contentsOf: URL(fileURLWithPath: path).appending(path: name))).map { Array($0) }
  }

  private func missing(
    _ entry: ReportEntry, old: String = "nothing", new: String = "there"
  ) -> ReportDifference {
    ReportDifference(file: entry.name, row: "the file", column: "", old: old, new: new)
  }

  /// Names files that are no part of the report.
  private func tellStrangers(besides manifest: ReportManifest) {
    let known = Set(manifest.files.map(\.entry.name) + [ReportDirectory.manifestName])
    let there = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for name in there.sorted() where !known.contains(name) {
      notice("\(path)/\(name) is none of the report's files")
    }
  }

  private func report(_ differences: [ReportDifference]) {
    let lines = differences.map { difference in
      let place = [difference.row, difference.column].filter { !$0.isEmpty }
        .joined(separator: ", ")
      return "\(difference.file): \(place): \(short(difference.old)) → \(short(difference.new))\n"
    }
    ReportFile.print(Array(lines.joined().utf8))
  }

  private func short(_ text: String) -> String {
    text.count > 60 ? String(text.prefix(59)) + "…" : text
  }
}
