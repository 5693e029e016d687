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
      notice("\(path) was made from another database, \(database)")
    }
    var content = content
    content.request = manifest.request
    content.protocolName = manifest.protocolName
    content.options = manifest.options
    content.sweeps = manifest.sweeps
    content.objective = manifest.objective
    tellStrangers(besides: manifest)
    _ = try content.subject
    var comparison = Comparison()
    var unchecked = 0
    // Values first: of other files it only has to be known whether their values are the same. Then the
    // drawings, of which pages and pixels are made.
    for (entry, digest) in manifest.files.sorted(by: { $0.entry.turn < $1.entry.turn }) {
      if try canBeDrawn(entry, manifest, content) {
        try compare(entry, digest, content, &comparison)
      } else {
        unchecked += 1
      }
    }
    let found = comparison.differences
    try report(found)
    let damaged = try damagedRows(content)
    try StandardOutput.write(
      damaged.map { "the database: \($0) is not what was written\n" }.joined())
    guard damaged.isEmpty else { throw ReportCheckError.damaged(damaged.count) }
    guard found.isEmpty else {
      throw ReportCheckError.differs(
        path, places: found.count, files: Set(found.map(\.file)).count)
    }
    let count = manifest.files.count
    let checked = unchecked == 0 ? "\(count)" : "\(count - unchecked) of \(count)"
    try StandardOutput.write(Array("\(path): \(checked) files checked, no number differs\n".utf8))
  }

  /// What of the rows behind the report is not as it was when its runs were finished.
  private func damagedRows(_ content: ReportContent) throws -> [String] {
    guard try content.subject.run != nil else { return [] }
    return try content.tracker.checkDigests(
      of: content.report.runs(), isCancelled: Interruption.shared.isCancelled
    ).damaged
  }

  /// What was found so far.
  private struct Comparison {
    var differences: [ReportDifference] = []
    /// The drawings whose SVG shows the same.
    var agreeingDrawings: Set<String> = []
    /// The drawings whose SVG is the same to the byte.
    var sameDrawings: Set<String> = []
  }

  /// Compares a file with what the database gives.
  ///
  /// What another version of the program sets or draws otherwise says the same where nobody touched
  /// the file since and the values, which are in CSV and JSON beside it, are the same: the rows of
  /// finished runs never change, which their digests confirm. A sweep may have gone on.
  private func compare(
    _ entry: ReportEntry, _ digest: String, _ content: ReportContent,
    _ comparison: inout Comparison
  ) throws {
    guard let old = bytes(of: entry.name) else {
      return comparison.differences.append(missing(entry))
    }
    let isUntouched = Digest.sha256(old) == digest
    let stem = URL(fileURLWithPath: entry.name).deletingPathExtension().lastPathComponent
    // Pages and pixels are made of the SVG alone, so they need not be made again.
    if entry.isMadeOfSVG, isUntouched, comparison.sameDrawings.contains(stem) { return }
    guard let new = try rebuilt(entry, content) else {
      return comparison.differences.append(missing(entry, old: "there", new: "nothing"))
    }
    if old == new {
      if entry.format == .svg { comparison.sameDrawings.insert(stem) }
      return
    }
    let saysTheSame =
      switch entry.format {
      case .csv, .json:
        ReportDifference.between(old, and: new, of: entry.name, as: entry.format).isEmpty
      case .svg where entry.sweep != nil: withoutSource(old) == withoutSource(new)
      case .png where entry.sweep != nil, .pdf where entry.sweep != nil:
        isUntouched && comparison.agreeingDrawings.contains(stem)
      default: isUntouched && comparison.differences.isEmpty
      }
    guard saysTheSame else {
      comparison.differences += ReportDifference.between(
        old, and: new, of: entry.name, as: entry.format)
      return
    }
    if entry.format == .svg { comparison.agreeingDrawings.insert(stem) }
    notice("\(entry.name): the same numbers, but from other queries or runs, or in another layout")
  }

  /// A drawing without the element that says where its numbers come from.
  private func withoutSource(_ svg: [UInt8]) -> String {
    String(decoding: svg, as: UTF8.self).replacing(/<metadata>[^<]*<\/metadata>\n?/, with: "")
  }

  /// A file as the database gives it; nil if there is nothing of it any more.
  private func rebuilt(_ entry: ReportEntry, _ content: ReportContent) throws -> [UInt8]? {
    do {
      return try content.of(sweep: entry.sweep).rendered(entry.choice, as: entry.format)
    } catch is FigureError {
      return nil
    } catch ReportError.oneSeed, ReportError.noHeldoutHalf, ReportError.noVotes,
      ReportError.noRows
    {
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
    let isThere = try content.subject.run.flatMap(content.cleanImages.images) != nil
    if !isThere {
      notice("\(entry.name) is not checked: its clean images are not in --data")
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
      notice("\(path)/\(name) is not a file of the report")
    }
  }

  private func report(_ differences: [ReportDifference]) throws {
    let lines = differences.map { difference in
      let place = [difference.row, difference.column].filter { !$0.isEmpty }
        .joined(separator: ", ")
      return "\(difference.file): \(place): \(short(difference.old)) → \(short(difference.new))\n"
    }
    try StandardOutput.write(Array(lines.joined().utf8))
  }

  private func short(_ text: String) -> String {
    text.count > 60 ? String(text.prefix(59)) + "…" : text
  }
}

extension ReportEntry {
  /// Whether a drawing's SVG tells what the file shows.
  fileprivate var isMadeOfSVG: Bool { format == .png || format == .pdf }

  /// When a file's turn comes, from 0.
  fileprivate var turn: Int {
    switch format {
    case .csv, .json: 0
    case .svg: 1
    default: 2
    }
  }
}
