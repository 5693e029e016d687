internal import Detection
internal import SQLite
internal import Tracker

/// The measures that the database knows, by name.
struct KnownMeasures: Sendable {
  /// Where a measure's values come from.
  enum Kind: String, Sendable {
    case monteCarlo = "monte_carlo"
    case catalogue, detector, imported
  }

  /// A measure in the database.
  struct Entry: Sendable {
    let id: Int64
    let name: String
    let kind: Kind?
    let orientation: String
  }

  /// All of them, in the order of lists.
  let entries: [Entry]

  /// Reads them.
  init(in tracker: Tracker) throws {
    entries = try tracker.read { connection in
      try connection.rows("SELECT id, name, kind, orientation FROM measure ORDER BY id", []) {
        Entry(
          id: try $0.int64(0), name: try $0.text(1), kind: Kind(rawValue: try $0.text(2)),
          orientation: try $0.text(3))
      }
    }
  }

  /// A measure by its name.
  subscript(name: String) -> Entry? { entries.first { $0.name == name } }

  /// The names of a kind, in the order of lists.
  func names(of kind: Kind) -> [String] { entries.filter { $0.kind == kind }.map(\.name) }

  /// The catalogue's measure of a name.
  ///
  /// - Throws: ``ScoreError/unknownMeasure(_:known:)``, or a `DetectionError` if the name has an
  ///   impossible value.
  func measure(named name: String) throws -> any Measure {
    do {
      return try MeasureCatalogue.measure(named: name)
    } catch {
      guard case .unknownMeasure = error else { throw error }
      throw ScoreError.unknownMeasure(
        name, known: MeasureCatalogue.standard + entries.map(\.name))
    }
  }

  /// The name of a measure as tables have it, of the catalogue or not.
  func canonical(_ name: String) throws -> String {
    self[name] != nil ? name : try measure(named: name).description.name
  }
}
