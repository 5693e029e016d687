internal import SQLite

/// The state of a run.
public enum RunState: String, Sendable, CaseIterable {
  /// Recorded, not started.
  case queued
  /// A process works on it, or died while it did.
  case running
  /// Done. A finished run never changes.
  case finished
  /// Ended by an error; it can be retried.
  case failed
  /// Stopped by the user; it can be resumed.
  case interrupted
}

/// A recorded run.
public struct Run: Sendable, Equatable {
  /// The row's number, for joins within this file.
  public let id: Int64
  /// The run's name outside this file.
  public let uuid: String
  /// The kind of work, such as "train".
  public let kind: String
  /// The name that the user gave it, as amended.
  public let name: String?
  /// Its state.
  public let state: RunState
  /// SHA-256 of its configuration and its parents' keys; nil if its results are never reused.
  public let key: String?
  /// Its settings.
  public let configuration: JSONValue
  /// The seed of its random numbers.
  public let seed: Int64?
  /// When it was recorded, in milliseconds since 1970, UTC.
  public let createdMilliseconds: Int64
  /// When it finished, in milliseconds since 1970, UTC; nil before.
  public let finishedMilliseconds: Int64?
  /// The amount of work recorded so far, in the stage's unit.
  public let progressDone: Int
  /// The total amount of work; nil until it is known.
  public let progressTotal: Int?
  /// Why it failed, in one line.
  public let error: String?

  static let columns = """
    id, uuid, kind, coalesce((SELECT run_label.name FROM run_label WHERE run_id = run.id), name), \
    state, key, configuration, seed, created_ms, finished_ms, progress_done, \
    progress_total, error
    """

  init(_ row: Row) throws {
    id = try row.int64(0)
    uuid = try row.text(1)
    kind = try row.text(2)
    name = row.value(3).text
    let state = try row.text(4)
    guard let known = RunState(rawValue: state) else {
      throw TrackerError.damagedRecord("run \(uuid) has the unknown state '\(state)'")
    }
    self.state = known
    key = row.value(5).text
    configuration = try JSONValue(parsing: try row.text(6))
    seed = row.value(7).integer
    createdMilliseconds = try row.int64(8)
    finishedMilliseconds = row.value(9).integer
    progressDone = try row.int(10)
    progressTotal = row.value(11).integer.map { Int($0) }
    error = row.value(12).text
  }
}

/// Describes a run before it starts.
public struct RunDescription: Sendable {
  /// The kind of work, such as "train".
  public var kind: String
  /// The name that the user gave it.
  public var name: String?
  /// Everything that its results depend on, except the parents.
  public var configuration: JSONValue
  /// What is recorded as its parameters, an object; nil: the configuration.
  public var parameters: JSONValue?
  /// The seed of its random numbers.
  public var seed: Int64?
  /// The finished runs whose results it uses, by role, such as "model".
  public var parents: [String: Run]
  /// Whether a finished run of the same configuration and parents is reused, and an
  /// unfinished one resumed.
  public var isReusable: Bool

  /// Describes a run.
  public init(
    kind: String, name: String? = nil, configuration: JSONValue, seed: Int64? = nil,
    parents: [String: Run] = [:], isReusable: Bool = true
  ) {
    self.kind = kind
    self.name = name
    self.configuration = configuration
    self.seed = seed
    self.parents = parents
    self.isReusable = isReusable
  }
}
