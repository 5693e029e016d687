import ArgumentParser
import Dataset
import Foundation
import NeuralNetwork
import Report
import SQLite
import Study
import Tensor
import Tracker

/// Where the records are.
struct DatabaseOptions: ParsableArguments {
  @Option(
    name: .customLong("db"),
    help: ArgumentHelp(
      "The database file. (default: ASSAY_DB, or ./assay.db)", valueName: "file"))
  var path: String?

  var resolvedPath: String {
    path ?? ProcessInfo.processInfo.environment["ASSAY_DB"] ?? "assay.db"
  }

  func validate() throws {
    guard resolvedPath.isEmpty else { return }
    throw ValidationError(
      path == nil
        ? "ASSAY_DB is set and empty: give it the path of a database, or unset it"
        : "--db needs the path of a database, not an empty text")
  }
}

/// Whether a command tells what it does.
struct QuietOption: ParsableArguments {
  @Flag(
    name: .customLong("quiet"), help: "Nothing on standard error that is no error.")
  var isOn = false
}

/// How much a stage prints.
struct FullOption: ParsableArguments {
  @Flag(name: .customLong("full"), help: "Everything about the run, as assay runs show prints it.")
  var isOn = false
}

/// What a run is called.
struct NameOption: ParsableArguments {
  @Option(
    name: .customLong("name"),
    help: "Your own name for the run. What a run is reused by does not depend on it.")
  var text: String?

  func validate() throws {
    if let text, text.isEmpty { throw ValidationError("--name must not be empty") }
  }

  /// Says that a run that was recorded before keeps its name: a finished run never changes.
  func tell(of run: Run, on progress: any ProgressReporter) {
    guard let text, run.name != text else { return }
    let old = run.name.map { "its name '\($0)'" } ?? "no name"
    progress.note("run \(run.uuid.prefix(8)) was recorded before and keeps \(old)")
  }
}

/// What commands that only read share.
struct ReadingOptions: ParsableArguments {
  @OptionGroup var database: DatabaseOptions

  @Option(help: "How results are written; table is another name of text.")
  var format = TableFormat.text

  /// Opens the database for reading.
  func openTracker() throws -> Tracker {
    try Tracker(reading: database.resolvedPath)
  }
}

/// Where the data sets are.
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

/// What commands that work for long share.
struct WorkOptions: ParsableArguments {
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var data: DataOptions

  @Option(help: "How many threads work. Results do not depend on it. (default: all cores)")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false

  @Option(help: "How results are written; table is another name of text.")
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

  /// Opens the database and gives a body what stages work with; a database that this created is
  /// told of.
  ///
  /// - Parameters:
  ///   - configuration: With it the database is created if it is not there, once it is known that
  ///     work can begin; nil for a command that needs what others have recorded.
  ///   - check: What must hold before a database is created; nil if values and data alone must.
  ///   - isRecording: Whether the work records what it has done, so that an interruption waits.
  ///   - isCancelled: Whether to stop.
  ///   - waiting: Is told, on any thread, of locks of others that are waited for; nil for progress.
  ///   - body: The work.
  /// - Returns: What the body returns.
  /// - Throws: `SQLiteError`, and what the body throws.
  func withContext<Result>(
    creatingFor configuration: StudyConfiguration? = nil,
    check: DataCheck? = nil, isRecording: Bool = true,
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
    let tracker = try openTracker(
      creating: configuration != nil, isCancelled: isCancelled, notice: waiting ?? progress.note)
    if isNew { progress.note("created \(database.resolvedPath)") }
    return try body(
      StudyContext(
        tracker: tracker, dataDirectory: data.directory,
        parallelism: Parallelism(threads: threads), progress: progress,
        isCancelled: isCancelled))
  }

  /// Opens the database for recording.
  ///
  /// It waits for another program's lock until that is released, however long. The record names the BLAS, so
  /// it is loaded here, before there are other threads.
  func openTracker(
    creating: Bool = true,
    isCancelled: @escaping @Sendable () -> Bool = Interruption.shared.isCancelled,
    notice: @escaping @Sendable (String) -> Void
  ) throws -> Tracker {
    try MatrixProduct.prepare()
    return try Tracker(
      writing: database.resolvedPath, creating: creating,
      environment: RunEnvironment(
        version: assayVersion,
        blas: "\(MatrixProduct.implementation), kernels: \(Kernels.variant)", threads: threadCount),
      patience: .unlimited, isCancelled: isCancelled, notice: notice)
  }

  private var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }
}

extension WorkOptions {
  /// Prints what a stage gave: for people what matters of it, unless they want everything.
  func printStage(_ run: Run, in context: StudyContext, full: Bool) throws {
    let sections = try RunSections(of: run, in: context.tracker)
    try StandardOutput.write(
      format == .text && !full ? sections.summary(of: run) : sections.rendered(as: format))
  }
}

/// What is studied: the defaults, a file over them, options over both.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp("A YAML file with the settings that differ.", valueName: "file"))
  var file: String?

  @Option(help: "mnist, fashion-mnist, or a directory that holds four IDX files.")
  var dataset: String?

  @Option(help: "The seed of everything random. (default: 0)")
  var seed: Int64?

  /// The configuration, validated.
  func resolve() throws -> StudyConfiguration {
    var configuration = try file.map(ConfigurationFile.read) ?? StudyConfiguration()
    if let dataset { configuration.dataset = dataset }
    if let seed { configuration.seed = seed }
    try configuration.validate()
    return configuration
  }
}
