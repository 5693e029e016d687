public import Dataset
internal import Foundation
internal import SQLite
public import Tracker

/// A worker of a sweep: takes trials and does them until there are none left.
///
/// Any number of workers, in any number of processes, may work on one sweep.
public final class SweepWorker {
  /// Why a worker ended.
  public enum Ending: Sendable, Equatable {
    /// There is nothing left to do.
    case finished
    /// The user stopped the sweep.
    case stopped
  }

  private let sweep: Sweep
  private let definition: SweepDefinition
  private let proposer: SweepProposer
  private let context: StudyContext
  private let retention: Retention
  private var loadedData: (name: String, data: StudyData)?

  /// Prepares to work on a sweep.
  ///
  /// - Throws: ``ConfigurationError`` or ``SweepError`` if the sweep's definition cannot be used.
  public init(_ sweep: Sweep, in context: StudyContext) throws {
    self.sweep = sweep
    self.context = context
    do {
      definition = try SweepDefinition(sweep.description.definition)
    } catch {
      throw SweepError.unreadable(name: sweep.name, problem: error.description)
    }
    for goal in definition.goals { try goal.check(in: context.tracker) }
    proposer = try SweepProposer(definition, sweep: sweep)
    retention = Retention(sweep: sweep, tracker: context.tracker)
  }

  /// Makes sure that a sweep can be run, before it is recorded.
  ///
  /// - Throws: ``ConfigurationError`` naming what is impossible.
  public static func check(_ description: SweepDescription, in tracker: Tracker) throws {
    for goal in try SweepDefinition(description.definition).goals { try goal.check(in: tracker) }
  }

  /// Sees whether the data set that all trials share can be read.
  ///
  /// - Throws: ``ConfigurationError`` and what reading the data set throws.
  public static func check(
    _ description: SweepDescription, dataIn directory: DataDirectory,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    let definition = try SweepDefinition(description.definition)
    guard !definition.parameters.contains(where: { $0.name == "dataset" }) else { return }
    try definition.base.check(dataIn: directory, isCancelled: isCancelled)
  }

  /// The configuration of a study that does what a trial did.
  ///
  /// - Throws: ``ConfigurationError`` if the sweep's definition cannot be used.
  public static func configuration(
    of parameters: JSONValue, in sweep: Sweep
  ) throws -> StudyConfiguration {
    try SweepDefinition(sweep.description.definition).configuration(for: parameters)
  }

  /// Does trials until there are none left.
  ///
  /// - Throws: ``StudyError/interrupted`` when asked to stop, after giving the trial back; what data
  ///   and disk have to say. An error of a trial's own is recorded with it and ends nothing else.
  public func run() throws -> Ending {
    while true {
      if context.isCancelled() { throw StudyError.interrupted }
      switch try context.tracker.claimTrial(of: sweep, proposer: proposer) {
      case .trial(let trial): try perform(trial)
      case .wait: Thread.sleep(forTimeInterval: 0.1)
      case .finished: return .finished
      case .stopped: return .stopped
      }
    }
  }

  private func perform(_ trial: ActiveTrial) throws {
    let isInterrupted = context.isCancelled
    var context = context.cancelled { trial.isLost || trial.isStopped }
    context.trial = TrialRecorder(trial: trial, pruner: definition.pruner)
    let work = TrialWork(definition: definition, sweep: sweep, trial: trial, context: context)
    do {
      do {
        try trial.finish(try work.perform(loading: data))
      } catch StudyError.pruned {
        try trial.prune()
      } catch StudyError.interrupted {
        try trial.release()
        if isInterrupted() { throw StudyError.interrupted }
      } catch let error where Self.isOfTheTrial(error) {
        try trial.fail("\(error)")
      }
      try retention.apply()
    } catch let error as TrackerError {
      switch error {
      case .trialLost, .leaseLost:
        // Another worker goes on with it; nothing that this one still holds may be left behind.
        try? trial.release()
        context.progress.note("\(error)")
      default:
        try? trial.release()
        throw error
      }
    } catch {
      try? trial.release()
      throw error
    }
  }

  /// Whether an error is the trial's own, so that the sweep goes on.
  ///
  /// Such are an impossible combination and an objective without a number. What data and disk have to
  /// say would hit every trial.
  private static func isOfTheTrial(_ error: any Error) -> Bool {
    switch error {
    case is DatasetError, is CocoaError: false
    case let error as SQLiteError:
      [.constraint, .misuse, .wrongQuery, .tooLarge].contains(error.kind)
    case let error as TrackerError:
      switch error {
      case .trialLost, .leaseLost: false
      default: true
      }
    default: true
    }
  }

  private func data(_ name: String) throws -> StudyData {
    if let loadedData, loadedData.name == name { return loadedData.data }
    let data = try StudyData(name, in: context)
    loadedData = (name, data)
    return data
  }
}
