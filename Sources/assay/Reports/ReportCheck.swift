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
    content.protocolName = manifest.protocolName
    tellStrangers(besides: manifest)
    var found: [ReportDifference] = []
    var drawingsThatAgree: Set<String> = []
    for (entry, digest) in manifest.files {
      if try !canBeDrawn(entry, manifest, content) { continue }
      guard let old = bytes(of: entry.name) else {
        found.append(missing(entry))
        continue
      }
      let new = try? content.of(sweep: entry.sweep).rendered(entry.choice, as: entry.format)
      guard let new else {
        notice("\(entry.name) cannot be rebuilt: the database has nothing for it any more")
        found.append(missing(entry, old: "there", new: "nothing"))
        continue
      }
      if old == new {
        continue
      }
      let differences = ReportDifference.between(old, and: new, of: entry.name, as: entry.format)
      let stem = URL(fileURLWithPath: entry.name).deletingPathExtension().lastPathComponent
      if entry.format == .svg, differences.isEmpty { drawingsThatAgree.insert(stem) }
      // Other formats of a drawing cannot be read back: untouched, they are what their SVG is.
      let isUntouched = Digest.sha256(old) == digest && drawingsThatAgree.contains(stem)
      if differences.isEmpty || ([.png, .pdf].contains(entry.format) && isUntouched) {
        notice("\(entry.name): the same numbers, from other queries or runs")
      } else {
        found += differences
      }
    }
    report(found)
    guard found.isEmpty else {
      throw ReportCheckError.differs(
        path, places: found.count, files: Set(found.map(\.file)).count)
    }
    ReportFile.print(Array("\(path): \(manifest.files.count) files, no number differs\n".utf8))
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
