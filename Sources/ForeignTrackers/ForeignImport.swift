internal import Foundation
internal import Interchange
public import Tracker

/// Takes the records of a tool over into a database.
///
/// Small runs share a transaction, which lasts no longer than a moment. An interruption loses
/// nothing: what was imported is found again.
public struct ForeignImport {
  /// What came of an import.
  public struct Result: Sendable, Equatable {
    /// How many runs are new here.
    public fileprivate(set) var new = 0
    /// How many were here unfinished and have changed since.
    public fileprivate(set) var continued = 0
    /// How many were here as they are.
    public fileprivate(set) var unchanged = 0
    /// How many were here finished and are another way there.
    public fileprivate(set) var differing = 0
    /// How many could not be read.
    public fileprivate(set) var failed = 0
    /// How many values of metrics all runs have.
    public fileprivate(set) var values = 0
    /// The names that sweeps have here.
    public fileprivate(set) var sweeps: [String] = []
  }

  private let store: any ForeignStore
  private let tracker: Tracker
  private let context: ImportContext

  /// How long a transaction takes further runs, in seconds.
  private static let longestTransaction = 0.25

  /// Prepares an import.
  public init(of store: any ForeignStore, into tracker: Tracker, in context: ImportContext) {
    self.store = store
    self.tracker = tracker
    self.context = context
  }

  /// Imports all runs.
  ///
  /// - Parameter progress: Receives how many runs are done.
  /// - Returns: What came of it. A run that cannot be read is noted, and the others go on.
  /// - Throws: ``ForeignTrackerError/cancelled``; `SQLiteError`.
  public func run(progress: (Int) -> Void) throws -> Result {
    var result = Result()
    let opened = try tracker.importing { transaction in
      try store.sweeps.map { (source: $0.sourceID, row: try transaction.open($0)) }
    }
    result.sweeps = opened.map(\.row.name)
    let rows = Dictionary(opened.map { ($0.source, $0.row.id) }) { first, _ in first }
    let runs = store.runs
    var done = 0
    while done < runs.count {
      try context.checkCancellation()
      try tracker.importing { transaction in
        let start = ContinuousClock.now
        repeat {
          try record(runs[done], of: rows, in: transaction, &result)
          done += 1
        } while done < runs.count && !context.isCancelled()
          && ContinuousClock.now - start < .seconds(Self.longestTransaction)
      }
      progress(done)
    }
    try tracker.importing { transaction in
      for (source, row) in opened {
        try transaction.close(
          sweep: row.id, isFinished: store.finishedSweeps.contains(source))
      }
    }
    return result
  }

  private func record(
    _ run: any ForeignRun, of sweeps: [String: Int64], in transaction: ImportTransaction,
    _ result: inout Result
  ) throws {
    do {
      let (outcome, values) = try transaction.record(run.description(), sweeps: sweeps) { writer in
        try run.write(to: writer)
        for name in writer.run.ambiguousParameters {
          context.notes.add(
            "it has two values of the parameter '\(InterchangeError.shown(name))'; the first stays",
            of: run.label)
        }
      }
      result.values += values
      switch outcome {
      case .new: result.new += 1
      case .continued: result.continued += 1
      case .unchanged: result.unchanged += 1
      case .differing:
        result.differing += 1
        context.notes.add(
          "it has changed since it was imported; a finished run never changes, so it stays as it was",
          of: run.label)
      }
    } catch InterchangeError.cancelled {
      throw ForeignTrackerError.cancelled
    } catch  where Self.concernsOneRun(error) {
      result.failed += 1
      context.notes.add("it could not be read: \(error)", of: run.label)
    }
  }

  /// Whether the others can go on.
  private static func concernsOneRun(_ error: any Error) -> Bool {
    if case ForeignTrackerError.cancelled = error { return false }
    return error is ForeignTrackerError || error is InterchangeError
  }
}
