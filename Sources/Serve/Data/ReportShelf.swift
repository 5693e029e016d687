internal import Synchronization
internal import Tracker

/// Reports that were made, kept until their database changes.
final class ReportShelf: Sendable {
  private struct Shelf {
    /// What tells by database whether it has changed since.
    var watches: [String: Tracker] = [:]
    /// The reports, the newest last.
    var reports: [(name: String, version: Int, html: HTML)] = []
  }

  private let shelf = Mutex(Shelf())
  /// As many reports are kept.
  private static let count = 16

  /// A report as it was made, or made now.
  ///
  /// - Parameters:
  ///   - name: What names it in its database.
  ///   - database: The database.
  ///   - make: Makes it.
  /// - Returns: The report.
  /// - Throws: What making it throws, or opening the database.
  func report(
    _ name: String, of database: ServedDatabase, _ make: () throws -> HTML
  ) throws -> HTML {
    let name = database.path + "\n" + name
    // Asked before the report is made: what is recorded meanwhile may not be in it.
    let version = try version(of: database)
    if let known = shelf.withLock({ shelf in
      shelf.reports.first { $0.name == name && $0.version == version }
    }) {
      return known.html
    }
    let html = try make()
    shelf.withLock { shelf in
      shelf.reports.removeAll { $0.name == name }
      shelf.reports.append((name, version, html))
      shelf.reports.removeFirst(max(0, shelf.reports.count - Self.count))
    }
    return html
  }

  private func version(of database: ServedDatabase) throws -> Int {
    try shelf.withLock { shelf in
      let watch = try shelf.watches[database.path] ?? Tracker(reading: database.path)
      shelf.watches[database.path] = watch
      return try watch.dataVersion
    }
  }
}
