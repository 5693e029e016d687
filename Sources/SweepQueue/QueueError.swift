package import PostgreSQL
internal import Sweep

extension PostgreSQLError: QueueFailure {}
extension QueueError: QueueFailure {}

/// Why a queue in PostgreSQL cannot be used.
public enum QueueError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A newer version has changed the queue's schema.
  case newerSchema(version: Int, known: Int)
  /// The server has a schema 'assay' that is not a queue's.
  case foreignSchema
  /// A record of the queue is damaged.
  case damaged(String)

  /// One line that says what is wrong.
  public var description: String {
    switch self {
    case .newerSchema(let version, let known):
      "the queue has schema version \(version), newer than \(known)"
    case .foreignSchema: "the database has a schema 'assay' of something else"
    case .damaged(let problem): "the queue is damaged: \(problem)"
    }
  }
}
