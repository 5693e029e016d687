internal import Foundation
internal import SQLite
internal import Synchronization
package import Tracker

/// One database that is served, under a name that addresses carry.
package final class ServedDatabase: Sendable {
  /// The file.
  package let path: String
  /// What addresses and pages call it.
  package let name: String
  /// What it is recorded with; nil where clients may only read.
  package let writer: Tracker?
  private let readers: ReaderPool
  let changes: ChangeWatcher
  /// The views as they were last read, with the version of the schema.
  private let views = Mutex<(version: Int, views: [PublicView])?>(nil)

  /// The run that clients' first one is; nil: each that they begin is another.
  let boundRun: BoundRun?

  private init(path: String, name: String, writer: Tracker?) throws {
    (self.path, self.name, self.writer, boundRun) = (path, name, writer, nil)
    readers = try ReaderPool(path)
    changes = ChangeWatcher(path)
  }

  /// Serves a database to the program that one of its runs is of.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - run: The run.
  ///   - writer: What it is recorded with.
  /// - Throws: `SQLiteError`; connections are opened when they are needed.
  package init(path: String, recording run: BoundRun, with writer: Tracker) throws {
    (self.path, self.writer, boundRun) = (path, writer, run)
    name = run.uuid
    readers = try ReaderPool(path, opensFirst: false)
    changes = ChangeWatcher(path)
  }

  /// Opens databases, and names them after their files.
  ///
  /// - Parameters:
  ///   - paths: The files.
  ///   - openWriter: Opens one for recording; nil where clients may only read.
  /// - Returns: The databases, in the same order.
  /// - Throws: `SQLiteError` or `TrackerError`.
  package static func open(
    _ paths: [String], openWriter: ((String) throws -> Tracker)? = nil
  ) throws -> [ServedDatabase] {
    var names: Set<String> = []
    return try paths.map { path in
      let writer = try openWriter.map { try $0(path) }
      let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
      let name =
        sequence(first: 1) { $0 + 1 }.lazy.map { $0 == 1 ? stem : "\(stem)-\($0)" }
        .first { !names.contains($0) } ?? stem
      names.insert(name)
      return try ServedDatabase(path: path, name: name, writer: writer)
    }
  }

  /// Lends a connection that reads to a body.
  ///
  /// - Throws: ``HTTPFailure`` if the time of the request is over; what the body throws.
  package func read<Result>(
    for request: HTTPRequest, _ body: (Tracker) throws -> Result
  ) throws -> Result {
    try readers.read(until: request.deadline, isOver: request.isOver, body)
  }

  /// The views that people ask.
  ///
  /// To describe all of them takes longer than to show a page; they are read again when the schema has
  /// changed.
  func publicViews(in tracker: Tracker) throws -> [PublicView] {
    let version = try tracker.read { connection in
      try connection.rows("PRAGMA schema_version") { try $0.int(0) }.first ?? 0
    }
    if let known = views.withLock({ $0 }), known.version == version { return known.views }
    let read = try tracker.publicViews()
    views.withLock { $0 = (version, read) }
    return read
  }

  /// Lends a connection that reads to a body, for so long at most, whatever request it is for: answers
  /// that are streams outlast their requests' time, and ask again and again.
  ///
  /// - Throws: ``HTTPFailure`` if the time is over; what the body throws.
  func read<Result>(
    within seconds: Double, _ body: (Tracker) throws -> Result
  ) throws -> Result {
    let deadline = ContinuousClock.now + .seconds(seconds)
    return try readers.read(until: deadline, isOver: { .now > deadline }, body)
  }
}

/// A run that a program is recorded as, which may log to MLflow too.
package struct BoundRun: Sendable {
  /// Its UUID.
  package let uuid: String
  /// Whether its user put it into a group, so that the program does not.
  package let keepsGroup: Bool

  /// Names a run.
  package init(uuid: String, keepsGroup: Bool) {
    (self.uuid, self.keepsGroup) = (uuid, keepsGroup)
  }
}
