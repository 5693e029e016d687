package import Dataset
internal import Foundation
internal import SQLite
internal import Search
package import Sweep
package import Tracker

/// Runs trials that are studies: the stages that their objectives need.
package final class StudyTrialRunner: TrialRunner {
  private let trials: StudyTrials
  private let needsTrainingOnly: Bool
  private let context: StudyContext
  private let retention: Retention?
  private var loadedData: (name: String, data: StudyData)?

  /// Prepares to run the trials of a sweep.
  ///
  /// - Parameters:
  ///   - trials: The studies.
  ///   - sweep: The sweep in the database, whose policy says what is kept; nil where a server has the
  ///     sweep: all is kept then, since no worker sees which trials are the best.
  ///   - goals: What is searched for.
  ///   - context: What the work is done with.
  package init(
    _ trials: StudyTrials, of sweep: Sweep?, goals: [SweepGoal], in context: StudyContext
  ) {
    self.trials = trials
    needsTrainingOnly = goals.allSatisfy { $0.metric != nil }
    self.context = context
    retention = sweep.map { Retention(sweep: $0, tracker: context.tracker) }
  }

  package func run(_ trial: SweepTrial) throws -> TrialEnd {
    do {
      return .finished(try results(of: trial))
    } catch StudyError.pruned {
      return .pruned
    } catch StudyError.interrupted {
      return .interrupted
    }
  }

  private func results(of trial: SweepTrial) throws -> TrialResults {
    var context = context.cancelled(when: trial.isCancelled)
    context.trial = TrialRecorder(trial: trial)
    let configuration = try trials.configuration(for: trial.parameters)
    let data = try data(of: configuration)
    guard !needsTrainingOnly else {
      let stages = StudyStages(configuration: configuration, data: data, context: context)
      return TrialResults(run: try stages.train().uuid)
    }
    let runs = try Reproduction(configuration).perform(on: data, in: context)
    return TrialResults(
      run: runs.model.uuid,
      values: ["study": .text(runs.study.uuid), "model": .text(runs.model.uuid)])
  }

  package func isOfTheTrial(_ error: any Error) -> Bool { !(error is DatasetError) }

  package func trialEnded() throws { try retention?.apply() }

  private func data(of configuration: StudyConfiguration) throws -> StudyData {
    if let loadedData, loadedData.name == configuration.dataset { return loadedData.data }
    let data = try StudyData(of: configuration, in: context)
    loadedData = (configuration.dataset, data)
    return data
  }
}

extension SweepPlan {
  /// Sees whether the data set that all trials share can be read.
  ///
  /// - Throws: ``ConfigurationError`` and what reading the data set throws.
  package func check(
    dataOf trials: StudyTrials, in directory: DataDirectory,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    guard !definition.space.parameters.contains(where: { $0.name == "dataset" }) else { return }
    try trials.base.check(dataIn: directory, isCancelled: isCancelled)
  }
}

/// Records what a trial uses and reports, and gives it up when its pruner says so.
private struct TrialRecorder: TrialFollower {
  let trial: SweepTrial

  func uses(_ run: String, computed: Bool) throws {
    try trial.uses(run, computed: computed)
  }

  func epochEnded(_ epoch: Int, metrics: [String: Double]) throws {
    if try trial.report(step: epoch, metrics: metrics) { throw StudyError.pruned }
  }
}
