internal import Bytes
internal import Foundation
internal import SQLite
internal import Tracker

/// One database's records as MLflow's clients see them.
///
/// An experiment is a group of runs. Runs that are in no group are in the experiment Default.
struct MLflowStore {
  let connection: Connection

  /// A run as far as must be known before it is changed.
  struct Run {
    let id: Int64
    let uuid: String
    let state: RunState
    let isDeleted: Bool
    /// Whether a client of this interface began it, and says how it goes.
    let isClients: Bool
  }

  /// What executions of runs are recorded with that clients of this interface began.
  static let program = "mlflow"

  /// A run by its id, with or without hyphens.
  ///
  /// - Throws: ``HTTPFailure`` if there is none.
  func run(_ id: String) throws -> Run {
    let uuid = Self.uuid(id)
    let found = try connection.rows(
      """
      SELECT id, state, (SELECT how FROM hidden_run WHERE run_id = id),
        EXISTS (SELECT 1 FROM execution
                WHERE run_id = id AND program_version = ?2 AND process_id = 0)
      FROM run WHERE uuid = ?1
      """, [.text(uuid), .text(Self.program)]
    ) { row in
      Run(
        id: try row.int64(0), uuid: uuid, state: RunState(rawValue: try row.text(1)) ?? .failed,
        isDeleted: row.value(2).text == "deleted", isClients: try row.int(3) == 1)
    }
    guard let run = found.first else { throw HTTPFailure.unknownRun(id) }
    return run
  }

  /// A run that may be changed.
  ///
  /// - Throws: ``HTTPFailure`` if there is none, it is deleted, or, unless only words about it are to
  ///   change, it is finished.
  func openRun(_ id: String, onlyWords: Bool = false) throws -> Run {
    let run = try run(id)
    guard !run.isDeleted else {
      throw HTTPFailure.invalid(
        "The run \(run.uuid) must be in the 'active' state. Current state is deleted.")
    }
    guard onlyWords || run.state != .finished else {
      throw HTTPFailure.invalid(
        "The run \(run.uuid) is finished, and a finished run never changes, except for its tags, name "
          + "and description: begin another one, such as a nested run.")
    }
    return run
  }

  /// The UUID that an id stands for: MLflow's own ids have no hyphens.
  static func uuid(_ id: String) -> String {
    guard id.utf8.count == 32, id.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
    else { return id }
    var parts: [Substring] = []
    var rest = id.lowercased()[...]
    for count in [8, 4, 4, 4, 12] {
      parts.append(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    return parts.joined(separator: "-")
  }

  /// Milliseconds since 1970.
  static var now: Int64 { Int64((Date().timeIntervalSince1970 * 1000).rounded()) }
}

extension Tracker {
  /// Reads what a client asks of one state of the database.
  func readMLflow<Result>(_ body: (MLflowStore) throws -> Result) throws -> Result {
    try read { connection in
      try connection.snapshot { try body(MLflowStore(connection: connection)) }
    }
  }

  /// Records what a client sends: all of it or nothing.
  func recordMLflow<Result>(_ body: (MLflowStore) throws -> Result) throws -> Result {
    try record { try body(MLflowStore(connection: $0)) }
  }
}
