internal import Foundation
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

  private init(path: String, name: String, writer: Tracker?) throws {
    (self.path, self.name, self.writer) = (path, name, writer)
    readers = try ReaderPool(path)
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
}
