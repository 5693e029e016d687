import Foundation
import Sweep
import Synchronization
import Tracker

/// Watches a shard that is worked on: says how far it has got, copies it, and sees whether another
/// process has begun it anew.
final class ShardWatch {
  /// What workers are stopped by.
  final class Sign: Sendable {
    fileprivate let isSet = Atomic(false)

    var isSuperseded: Bool { isSet.load(ordering: .relaxed) }
  }

  let sign = Sign()
  private let files: ShardFiles
  private let scratch: ShardScratch
  private var own: ShardState
  /// The pause between two copies that the user wants.
  private let pause: Duration
  private var nextState: ContinuousClock.Instant
  private var nextCopy: ContinuousClock.Instant
  /// Copies of checkpoints, and when the database is copied after them; nil unless they just were.
  private var copied: (checkpoints: String, databaseIsDue: ContinuousClock.Instant)?
  private var lastProblem = ""

  /// The state is written so often at most.
  private static let pauseOfState = Duration.seconds(15)
  /// Copies take this part of the time at most.
  private static let part = 20
  /// A checkpoint is copied so long before the database: what its command reported before it is
  /// recorded by then.
  private static let lead = Duration.seconds(1)

  /// Prepares to watch.
  ///
  /// - Parameters:
  ///   - files: What all hosts see of the shard.
  ///   - scratch: Where it is worked on.
  ///   - trials: How many trials it has.
  ///   - seconds: The pause between two copies.
  init(files: ShardFiles, scratch: ShardScratch, trials: Int, every seconds: Double) {
    self.files = files
    self.scratch = scratch
    let environment = ProcessInfo.processInfo.environment
    let job = ["SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID"].lazy.compactMap { environment[$0] }.first
    own = ShardState(
      attempt: (ShardState.read(files.state)?.attempt ?? 0) + 1,
      token: UUID().uuidString.lowercased(), host: ProcessInfo.processInfo.hostName, job: job,
      trials: trials)
    pause = .seconds(seconds)
    nextState = .now + min(Self.pauseOfState, pause)
    nextCopy = .now + pause
  }

  /// Says that this process works on the shard.
  ///
  /// - Throws: `CocoaError`.
  func begin(_ sweep: Sweep) throws {
    count(sweep)
    try own.write(to: files.state)
  }

  /// Does what is due; what fails is tried again, and noted.
  func look(at sweep: () throws -> Sweep, in tracker: Tracker, notice: (String) -> Void) throws {
    let now = ContinuousClock.now
    if now >= nextState {
      nextState = now + min(Self.pauseOfState, pause)
      if let other = ShardState.read(files.state), other.isAfter(own) {
        return sign.isSet.store(true, ordering: .relaxed)
      }
      count(try sweep())
      attempt(notice) { try own.write(to: files.state) }
    }
    if let (checkpoints, due) = copied {
      guard now >= due else { return }
      copied = nil
      attempt(notice) { try scratch.publish(checkpoints, of: tracker) }
      nextCopy = .now + max(pause, (.now - now) * Self.part)
    } else if now >= nextCopy {
      attempt(notice) {
        let lead = scratch.hasRuns ? Self.lead : .zero
        copied = (try scratch.copyCheckpoints(), now + lead)
      }
    }
  }

  private func attempt(_ notice: (String) -> Void, _ body: () throws -> Void) {
    do {
      try body()
      lastProblem = ""
    } catch {
      let problem = Failure(error)?.message ?? error.localizedDescription
      if problem != lastProblem { notice("the shard could not be copied: \(problem)") }
      lastProblem = problem
    }
  }

  /// Leaves an unfinished shard to the next attempt, once its workers have ended.
  ///
  /// - Throws: `SQLiteError`, `CocoaError`.
  func leave(_ sweep: Sweep, in tracker: Tracker) throws {
    try scratch.publish(try scratch.copyCheckpoints(), of: tracker)
    count(sweep)
    try own.write(to: files.state)
  }

  /// Says how a finished shard ended.
  func end(_ sweep: Sweep) throws {
    count(sweep)
    try own.write(to: files.state)
  }

  private func count(_ sweep: Sweep) {
    let counts = sweep.counts
    (own.finished, own.running, own.failed) = (counts.judged, counts.running, counts.failed)
  }
}
