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
  ///   - isCancelled: Whether to stop.
  ///   - waiting: Is told, on any thread, of locks of others that are waited for; nil for progress.
  ///   - body: The work.
  /// - Returns: What the body returns.
  /// - Throws: `SQLiteError`, and what the body throws.
  func withContext<Result>(
    creatingFor configuration: StudyConfiguration? = nil,
    check: DataCheck? = nil,
    isCancelled: @escaping @Sendable () -> Bool = Interruption.shared.isCancelled,
    waiting: (@Sendable (String) -> Void)? = nil, _ body: (StudyContext) throws -> Result
  ) throws -> Result {
    let progress = ProgressBar(quiet: quiet)
    defer { progress.close() }
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
        parallelism: Parallelism(threads: threadCount), progress: progress,
        isCancelled: isCancelled))
  }

  /// Opens the database for recording.
  ///
  /// It waits for another program's lock until that is released, however long.
  func openTracker(
    creating: Bool = true,
    isCancelled: @escaping @Sendable () -> Bool = Interruption.shared.isCancelled,
    notice: @escaping @Sendable (String) -> Void
  ) throws -> Tracker {
    try Tracker(
      writing: database.resolvedPath, creating: creating,
      environment: RunEnvironment(
        version: assayVersion,
        blas: "\(MatrixProduct.implementation), kernels: \(Kernels.variant)", threads: threadCount),
      patience: .unlimited, isCancelled: isCancelled, notice: notice)
  }

  private var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }
}

extension WorkOptions {
  /// Prints what a stage gave.
  func printStage(_ run: Run, in context: StudyContext) throws {
    print(try RunSections(of: run, in: context.tracker).rendered(as: format), terminator: "")
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
