internal import SQLite

/// Where a run is in its life.
public enum RunState: String, Sendable, CaseIterable {
  /// Recorded, not begun.
  case queued
  /// A process is working on it, or was when it was last heard of.
  case running
  /// Done; nothing about it changes any more.
  case finished
  /// Ended by an error; it may be tried again.
  case failed
  /// Stopped by the user; it may be continued.
  case interrupted
}

/// A run as it is recorded.
public struct Run: Sendable, Equatable {
  /// The row's number, for joins within this file.
  public let id: Int64
  /// The run's name everywhere else.
  public let uuid: String
  /// What was run, such as "train".
  public let kind: String
  /// The user's own name for it.
  public let name: String?
  /// Where it is in its life.
  public let state: RunState
  /// What identifies its results; nil if they are never reused.
  public let key: String?
  /// What it was given.
  public let configuration: JSONValue
  /// The seed of everything random in it.
  public let seed: Int64?
  /// When it was recorded, in milliseconds since 1970, UTC.
  public let createdMilliseconds: Int64
  /// When it was finished.
  public let finishedMilliseconds: Int64?
  /// How much of its work is recorded.
  public let progressDone: Int
  /// How much work it has, once known.
  public let progressTotal: Int?
  /// Why it failed, in one line.
  public let error: String?

  static let columns = """
    id, uuid, kind, name, state, key, configuration, seed, created_ms, finished_ms, progress_done, \
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

/// What a run is to be.
public struct RunDescription: Sendable {
  /// What is run, such as "train".
  public var kind: String
  /// The user's own name for it.
  public var name: String?
  /// Everything that its results depend on, save the parents.
  public var configuration: JSONValue
  /// The seed of everything random in it.
  public var seed: Int64?
  /// The finished runs whose results it uses, by the role that they have in it.
  public var parents: [String: Run]
  /// Whether a finished run of the same configuration and parents is taken instead, and an
  /// unfinished one continued.
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
