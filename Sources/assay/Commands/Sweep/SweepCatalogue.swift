import ArgumentParser
import Foundation
import Program
import Search
import Study
import Sweep
import Tracker

/// A kind of trials that 'assay sweep run' can do.
protocol RunnableTrials: TrialKind {
  /// Whether each trial that has ended is a line on standard error.
  var isToldOf: Bool { get }

  /// Sees whether work can begin.
  ///
  /// - Parameters:
  ///   - plan: The sweep.
  ///   - work: What the work is done with.
  ///   - timeout: How long a trial may take, in seconds; nil for what the sweep says.
  ///   - isNew: Whether a database is made for it, so that even a long check is worth its time.
  /// - Throws: What is missing.
  func check(_ plan: SweepPlan, with work: WorkOptions, timeout: Double?, isNew: Bool) throws

  /// What does the trials of a sweep.
  ///
  /// - Parameters:
  ///   - sweep: The sweep in the database; nil where a server has it.
  ///   - plan: What it says.
  ///   - context: What the work is done with.
  ///   - timeout: How long a trial may take, in seconds; nil for what the sweep says.
  /// - Returns: The runner.
  /// - Throws: What keeps it from being made.
  func runner(
    of sweep: Sweep?, plan: SweepPlan, in context: StudyContext, timeout: Double?
  ) throws -> any TrialRunner

  /// The commands that do again what a trial did, as a shell runs them.
  func recipe(
    trial: Int, parameters: SearchPoint, of sweep: Sweep, in database: DatabaseOptions
  ) throws -> [String]

  /// What a trial was given, as YAML.
  func printedConfiguration(of parameters: SearchPoint) throws -> String
}

/// The kinds of sweeps; another kind is another entry.
enum SweepCatalogue {
  static let runnable: [any RunnableTrials.Type] = [StudyTrials.self, CommandTrials.self]

  static var kinds: [any TrialKind.Type] { runnable.map { $0 } }

  /// Whether an argument names a file rather than a recorded sweep.
  static func isFile(_ source: String) -> Bool {
    source.contains("/") || source.hasSuffix(".yaml") || source.hasSuffix(".yml")
  }

  /// The sweep of a file; one that doesn't say what its trials do is for a program that asks.
  static func readAsked(_ path: String) throws -> SweepPlan {
    try SweepFile.read(path, kinds: kinds, usual: AskedTrials.self)
  }

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
  var isToldOf: Bool { false }

  func check(
    _ plan: SweepPlan, with work: WorkOptions, timeout: Double?, isNew: Bool
  ) throws {
    guard timeout == nil else {
      throw ValidationError("--timeout is for sweeps over commands; this one is over studies")
    }
    guard isNew else { return }
    try plan.check(
      dataOf: self, in: work.data.directory, isCancelled: Interruption.shared.isCancelled)
  }

  func runner(
    of sweep: Sweep?, plan: SweepPlan, in context: StudyContext, timeout: Double?
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

extension CommandTrials: RunnableTrials {
  var isToldOf: Bool { true }

  func check(
    _ plan: SweepPlan, with work: WorkOptions, timeout: Double?, isNew: Bool
  ) throws {
    try findProgram()
  }

  func runner(
    of sweep: Sweep?, plan: SweepPlan, in context: StudyContext, timeout: Double?
  ) -> any TrialRunner {
    CommandTrialRunner(
      self, goals: plan.definition.goals, in: context.tracker, timeout: timeout,
      notice: { StandardError.write("assay: \($0)") })
  }

  func recipe(
    trial: Int, parameters: SearchPoint, of sweep: Sweep, in database: DatabaseOptions
  ) -> [String] {
    let file = configurationFile.map { "best.\($0)" }
    let variables = environment(for: parameters, file: file).sorted { $0.key < $1.key }
      .map { "\($0.key)=\(ShellWord($0.value))" }
    let words = command(for: parameters, file: file).map { "\(ShellWord($0))" }
    let isElsewhere = workingDirectory != FileManager.default.currentDirectoryPath
    let printing = file.map { file in
      SweepCommand.shown("best", sweep.name, in: database)
        + " --trial \(trial) --print-config > \(file)"
    }
    return (isElsewhere ? ["cd \(ShellWord(workingDirectory))"] : [])
      + (printing.map { [$0] } ?? []) + [(variables + words).joined(separator: " ")]
  }

  func printedConfiguration(of parameters: SearchPoint) -> String { text(of: parameters) }
}
