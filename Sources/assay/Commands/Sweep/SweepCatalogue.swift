import Search
import Study
import Sweep
import Tracker

/// A kind of trials that 'assay sweep run' can do.
protocol RunnableTrials: TrialKind {
  /// Sees whether work can begin, before a database is made for it.
  ///
  /// - Throws: What is missing.
  func check(_ plan: SweepPlan, with work: WorkOptions) throws

  /// What does the trials of a sweep.
  func runner(of sweep: Sweep, plan: SweepPlan, in context: StudyContext) throws -> any TrialRunner

  /// The commands that do again what a trial did, as a shell runs them.
  func recipe(
    trial: Int, parameters: SearchPoint, of sweep: Sweep, in database: DatabaseOptions
  ) throws -> [String]

  /// What a trial was given, as YAML.
  func printedConfiguration(of parameters: SearchPoint) throws -> String
}

/// The kinds of sweeps; another kind is another entry.
enum SweepCatalogue {
  static let runnable: [any RunnableTrials.Type] = [StudyTrials.self]

  static var kinds: [any TrialKind.Type] { runnable.map { $0 } }

  /// The sweep of a file; a file that doesn't say what its trials do is about studies.
  static func read(_ path: String) throws -> SweepPlan {
    try SweepFile.read(path, kinds: kinds, usual: StudyTrials.self)
  }

  /// What a recorded sweep says.
  static func plan(of sweep: Sweep) throws -> SweepPlan { try SweepPlan(of: sweep, kinds: kinds) }
}

extension SweepPlan {
  /// Its trials as this program does them.
  ///
  /// - Throws: ``SweepError/notRunnable(name:)`` if another program judges them.
  func runnableTrials() throws -> any RunnableTrials {
    guard let trials = definition.kind as? any RunnableTrials else {
      throw SweepError.notRunnable(name: description.name)
    }
    return trials
  }
}

extension StudyTrials: RunnableTrials {
  func check(_ plan: SweepPlan, with work: WorkOptions) throws {
    try plan.check(
      dataOf: self, in: work.data.directory, isCancelled: Interruption.shared.isCancelled)
  }

  func runner(
    of sweep: Sweep, plan: SweepPlan, in context: StudyContext
  ) -> any TrialRunner {
    StudyTrialRunner(self, of: sweep, goals: plan.definition.goals, in: context)
  }

  func recipe(
    trial: Int, parameters: SearchPoint, of sweep: Sweep, in database: DatabaseOptions
  ) -> [String] {
    [
      SweepCommand.shown("best", sweep.name, in: database)
        + " --trial \(trial) --print-config > best.yaml",
      "assay reproduce --config best.yaml\(database.shellWords)",
    ]
  }

  func printedConfiguration(of parameters: SearchPoint) throws -> String {
    try ConfigurationFile.write(try configuration(for: parameters))
  }
}
