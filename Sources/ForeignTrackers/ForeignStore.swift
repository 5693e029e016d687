public import Tracker

/// What another tool has recorded in a place: its sweeps and its runs.
///
/// A tool is a type of this protocol and an entry of ``ForeignTools``. Nothing else knows tools by
/// name.
public protocol ForeignStore {
  /// The tool, for commands and their help.
  static var tool: ForeignTool { get }

  /// The sweeps that runs are trials of.
  var sweeps: [ImportedSweep] { get }

  /// The sweeps, by their source's id, to which no more trials are to come.
  var finishedSweeps: Set<String> { get }

  /// The runs, each behind the one that began it.
  var runs: [any ForeignRun] { get }

  /// Opens what the tool has recorded.
  ///
  /// - Parameters:
  ///   - path: The file or directory.
  ///   - context: What readers share.
  /// - Throws: ``ForeignTrackerError``, `InterchangeError` or `SQLiteError`.
  init(opening path: String, in context: ImportContext) throws
}

extension ForeignStore {
  /// None: most tools have no sweeps.
  public var sweeps: [ImportedSweep] { [] }
  /// None.
  public var finishedSweeps: Set<String> { [] }
}

/// A run that a tool has recorded.
public protocol ForeignRun {
  /// What messages call it.
  var label: String { get }

  /// The run without what it measured.
  ///
  /// - Throws: ``ForeignTrackerError``, `InterchangeError` or `SQLiteError`.
  func description() throws -> ImportedRun

  /// Hands over metrics and artifacts, a chunk at a time.
  ///
  /// - Throws: ``ForeignTrackerError``, `InterchangeError` or `SQLiteError`.
  func write(to writer: ImportWriter) throws
}

/// A tool whose records can be imported.
public struct ForeignTool: Sendable {
  /// What records here call it, such as "mlflow".
  public let name: String
  /// The subcommand that imports its records.
  public let command: String
  /// What people call it.
  public let title: String
  /// What to name on the command line, to follow "Imports runs of TITLE from".
  public let source: String
  /// What becomes of its records, and what is left out.
  public let mapping: String
  /// Arguments that show the command's use.
  public let example: String
}

/// What the readers of all tools share.
public struct ImportContext {
  /// The kind that runs get.
  public let kind: String
  /// Whether artifacts are taken.
  public let takesArtifacts: Bool
  /// Receives what is left out or understood in a way that is not obvious.
  public let notes: ImportNotes
  /// Returns true to stop.
  public let isCancelled: @Sendable () -> Bool

  /// Describes an import.
  public init(
    kind: String, takesArtifacts: Bool, notes: ImportNotes,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.kind = kind
    self.takesArtifacts = takesArtifacts
    self.notes = notes
    self.isCancelled = isCancelled
  }

  /// Ends the work if somebody asked for it.
  ///
  /// - Throws: ``ForeignTrackerError/cancelled``.
  func checkCancellation() throws(ForeignTrackerError) {
    if isCancelled() { throw .cancelled }
  }
}
