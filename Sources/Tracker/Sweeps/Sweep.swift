internal import SQLite

/// The state of a sweep.
public enum SweepState: String, Sendable, CaseIterable {
  /// Workers can claim trials.
  case open
  /// The user stopped it. Opening it again resumes it.
  case stopped
  /// Its budget is spent. A larger budget reopens it.
  case finished
}

/// A recorded sweep.
public struct Sweep: Sendable, Equatable {
  /// The row's number, for joins within this file.
  public let id: Int64
  /// The sweep's name outside this file.
  public let uuid: String
  /// Its state.
  public let state: SweepState
  /// Its definition, objectives and budget.
  public let description: SweepDescription
  /// How many trials there are in each state.
  public let counts: TrialCounts

  /// The sweep's name in this file.
  public var name: String { description.name }

  /// Describes a sweep that is recorded elsewhere.
  package init(
    id: Int64, uuid: String, state: SweepState, description: SweepDescription, counts: TrialCounts
  ) {
    self.id = id
    self.uuid = uuid
    self.state = state
    self.description = description
    self.counts = counts
  }

  static let columns = """
    id, uuid, state, name, definition, seed, budget, trial_limit, attempt_limit, kept_pixels,
    kept_models, finished_trials, pruned_trials, failed_trials, created_trials,
    (SELECT count(*) FROM trial WHERE sweep_id = sweep.id AND trial.state = 'running')
    """

  /// Decodes a row of ``columns`` and its objectives.
  init(_ row: Row, objectives: [SweepObjective]) throws {
    func known<Value: RawRepresentable<String>>(_ column: Int, _ type: Value.Type) throws -> Value {
      let text = try row.text(column)
      guard let value = Value(rawValue: text) else {
        throw TrackerError.damagedRecord("a sweep has the unknown value '\(text)'")
      }
      return value
    }
    id = try row.int64(0)
    uuid = try row.text(1)
    state = try known(2, SweepState.self)
    description = SweepDescription(
      name: try row.text(3), definition: try JSONValue(parsing: try row.text(4)),
      seed: try row.int64(5), objectives: objectives,
      budget: SweepBudget(
        trials: try row.int(6), trialLimit: try row.int(7), attemptLimit: try row.int(8)),
      retention: SweepRetention(
        pixels: try known(9, SweepRetention.Extent.self),
        models: try known(10, SweepRetention.Extent.self)))
    let (finished, pruned, failed) = (try row.int(11), try row.int(12), try row.int(13))
    let (created, running) = (try row.int(14), try row.int(15))
    counts = TrialCounts(
      queued: created - finished - pruned - failed - running, running: running, finished: finished,
      failed: failed, pruned: pruned)
  }
}

/// The numbers of a sweep's trials by state.
public struct TrialCounts: Sendable, Equatable {
  /// Waiting for a worker.
  public let queued: Int
  /// Held by a worker.
  public let running: Int
  /// Done.
  public let finished: Int
  /// Ended by an error.
  public let failed: Int
  /// Given up early.
  public let pruned: Int

  /// Gives the numbers.
  package init(queued: Int, running: Int, finished: Int, failed: Int, pruned: Int) {
    self.queued = queued
    self.running = running
    self.finished = finished
    self.failed = failed
    self.pruned = pruned
  }

  /// All of them.
  public var all: Int { queued + running + finished + failed + pruned }
  /// Those that have been judged, which samplers learn from.
  public var judged: Int { finished + pruned }
}
