import ArgumentParser
import Dataset
import ExternalModel
import Foundation
import NeuralNetwork
import Report
import SQLite
import Study
import Tensor
import Tracker

/// The database file.
struct DatabaseOptions: ParsableArguments {
  @Option(
    name: .customLong("db"),
    help: ArgumentHelp(
      "The database file. (default: ASSAY_DB, or ./assay.db)", valueName: "file"))
  var path: String?

  var resolvedPath: String {
    path ?? ProcessInfo.processInfo.environment["ASSAY_DB"] ?? "assay.db"
  }

  /// The option as it was given, behind a space, for commands that are shown; nothing if it was not.
  var shellWords: String { path.map { " --db \(ShellWord($0))" } ?? "" }

  func validate() throws {
    guard resolvedPath.isEmpty else { return }
    throw ValidationError(
      path == nil
        ? "ASSAY_DB is set and empty: give it the path of a database, or unset it"
        : "--db needs the path of a database, not an empty text")
  }
}

/// Whether notes are printed.
struct QuietOption: ParsableArguments {
  @Flag(
    name: .customLong("quiet"), help: "Prints only errors on standard error.")
  var isOn = false
}

/// The amount that a stage prints.
struct FullOption: ParsableArguments {
  @Flag(
    name: .customLong("full"), help: "Prints everything about the run, as 'assay runs show' does.")
  var isOn = false
}

/// The name of a run.
struct NameOption: ParsableArguments {
  @Option(
    name: .customLong("name"),
    help: "Your own name for the run. It doesn't affect which finished work is reused.")
  var text: String?

  func validate() throws {
    if let text, text.isEmpty { throw ValidationError("--name must not be empty") }
  }

  /// Notes that an earlier run keeps its name, since a finished run never changes.
  func tell(of run: Run, on progress: any ProgressReporter) {
    guard let text, run.name != text else { return }
    let old = run.name.map { "its name '\($0)'" } ?? "no name"
    progress.note("run \(run.uuid.prefix(8)) exists already and keeps \(old)")
  }
}

/// Options of commands that only read.
struct ReadingOptions: ParsableArguments {
  @OptionGroup var database: DatabaseOptions

  @Option(help: "The format of results; table is another name for text.")
  var format = TableFormat.text

  /// Opens the database for reading.
  func openTracker() throws -> Tracker {
    try ProgramDatabase.openForReading(database.resolvedPath)
  }
}

/// The directory of the data sets.
struct DataOptions: ParsableArguments {
  @Option(
    name: .customLong("data"),
    help: ArgumentHelp(
      "The directory of the data sets. (default: ASSAY_DATA, or ./data)", valueName: "directory"))
  var path: String?

  var directory: DataDirectory {
    DataDirectory.resolve(option: path, environment: ProcessInfo.processInfo.environment)
  }
}

/// Options of commands that do long work.
struct WorkOptions: ParsableArguments {
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var data: DataOptions

  @Option(help: "The number of threads; it doesn't affect results. (default: all cores)")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false

  @Option(help: "The format of results; table is another name for text.")
  var format = TableFormat.text

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be from 1 to 1024, not \(threads)")
    }
  }

  /// Sees whether work can begin with what a data directory holds.
  typealias DataCheck = (
    _ directory: DataDirectory, _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> Void

  /// Opens the database and runs a body with what stages need.
  ///
  /// Notes that it created a database.
  ///
  /// - Parameters:
  ///   - configuration: With it the database is created if it is not there, once it is known that
  ///     work can begin; nil for a command that needs what others have recorded.
  ///   - check: What must hold before a database is created; nil if values and data alone must.
  ///   - models: The processes of a served model; nil for a command that uses none.
  ///   - isRecording: Whether the work records what it has done, so that an interruption waits.
  ///   - isCancelled: Whether to stop.
  ///   - waiting: Receives, on any thread, notes about locks of others; nil for the progress.
  ///   - body: The work.
  /// - Returns: What the body returns.
  /// - Throws: `SQLiteError`, and what the body throws.
  func withContext<Result>(
    creatingFor configuration: StudyConfiguration? = nil,
    check: DataCheck? = nil, models: ServedModelOptions? = nil, isRecording: Bool = true,
    isCancelled: @escaping @Sendable () -> Bool = Interruption.shared.isCancelled,
    waiting: (@Sendable (String) -> Void)? = nil, _ body: (StudyContext) throws -> Result
  ) throws -> Result {
    if isRecording { Interruption.shared.waitForWork() }
    let progress = ProgressBar(quiet: quiet)
    defer { progress.close() }
    let threads = try AddressSpace.threads(atMost: threadCount)
    if threads < threadCount {
      progress.note("memory is short: \(threads) of \(threadCount) threads work")
    }
    let isNew = !FileManager.default.fileExists(atPath: database.resolvedPath)
    if isNew, let configuration {
      try (check ?? configuration.check)(data.directory, isCancelled)
    }
    let tracker: Tracker
    do {
      tracker = try openTracker(
        creating: configuration != nil, isCancelled: isCancelled, notice: waiting ?? progress.note)
    } catch let error as SQLiteError
      where !isRecording && [.readOnly, .severalNames].contains(error.kind)
    {
      // Who may not write may ask; only what was dropped would have to be recorded anew.
      tracker = try Tracker(reading: database.resolvedPath)
    }
    if isNew { progress.note("created \(database.resolvedPath)") }
    return try body(
      StudyContext(
        tracker: tracker, dataDirectory: data.directory,
        parallelism: Parallelism(threads: threads), progress: progress,
        models: models?.limits(isCancelled), isCancelled: isCancelled))
  }

  /// Opens the database for recording.
  ///
  /// It waits for another program's lock until that is released, however long. The record names the
  /// BLAS, so it is loaded here, before there are other threads.
  func openTracker(
    creating: Bool = true,
    isCancelled: @escaping @Sendable () -> Bool = Interruption.shared.isCancelled,
    notice: @escaping @Sendable (String) -> Void
  ) throws -> Tracker {
    try MatrixProduct.prepare()
    let tracker = try Tracker(
      writing: database.resolvedPath, creating: creating,
      environment: RunEnvironment(
        version: assayVersion,
        blas: "\(MatrixProduct.implementation), kernels: \(Kernels.variant)", threads: threadCount),
      patience: .unlimited, isCancelled: isCancelled, notice: notice)
    try ProgramDatabase.recover(in: tracker)
    return tracker
  }

  private var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }
}

extension WorkOptions {
  /// Prints what a stage gave: for people what matters of it, unless they want everything.
  func printStage(_ run: Run, in context: StudyContext, full: Bool) throws {
    let sections = try RunSections(of: run, in: context.tracker)
    let isShort = format == .text && !full
    try StandardOutput.write(
      isShort ? sections.summary(of: run, in: database) : sections.rendered(as: format))
  }
}

/// The study's settings: the defaults, then a file, then options.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp(
      "A YAML file with the settings that differ from the defaults.", valueName: "file"))
  var file: String?

  @Option(
    help: "A data set's name ('assay data list'), or a directory such as ./own. (default: mnist)",
    completion: .custom { words, _, _ in Completions.datasets(words) })
  var dataset: String?

  @OptionGroup var channels: LayoutOption

  @Option(help: "The seed of all random numbers. (default: 0)")
  var seed: Int64?

  /// The configuration, validated.
  func resolve() throws -> StudyConfiguration {
    var configuration = try file.map(ConfigurationFile.read) ?? StudyConfiguration()
    if let dataset { configuration.dataset = dataset }
    if let layout = channels.layout { configuration.layout = layout }
    if let seed { configuration.seed = seed }
    try configuration.validate()
    return configuration
  }
}
