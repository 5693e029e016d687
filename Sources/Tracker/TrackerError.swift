internal import SQLite

/// An error of the tracker.
public enum TrackerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Another process is working on the same run.
  case runBusy(run: String, host: String, processID: Int64)
  /// Another process has taken the run over; this one may write no more.
  case leaseLost(run: String)
  /// No run has a UUID that begins like this.
  case unknownRun(String)
  /// Only deleted runs have this name.
  case deletedRun(String)
  /// Several runs have a UUID that begins like this.
  case ambiguousRun(String, candidates: [String])
  /// Several runs have this name, or one has the name and others have a UUID that begins like it.
  case ambiguousName(String, candidates: [String])
  /// Runs that are not deleted used a run's results, so it cannot be deleted alone.
  case runInUse(String, by: [String])
  /// Another process has taken the trial over; this one may write no more of it.
  case trialLost(number: Int)
  /// There is no sweep of this name.
  case unknownSweep(String)
  /// A sweep has no trial of this number.
  case unknownTrial(sweep: String, number: Int)
  /// The sweep of this name searches something else.
  case differentSweep(name: String, differences: [String])
  /// Nothing can be recorded under this name.
  case unusableName(String, of: String)
  /// A parent of a run is not finished.
  case unfinishedParent(run: String, role: String)
  /// A record is damaged.
  case damagedRecord(String)
  /// The database was written by an older version, and its schema lacks steps.
  case olderSchema(path: String, version: Int, current: Int)
  /// A query that gives one row gave another number of rows.
  case unexpectedRowCount(query: String, count: Int)
  /// There is no query of this name.
  case unknownQuery(name: String, known: [String])
  /// A query has no parameter of this name.
  case unknownParameter(query: String, parameter: String, known: [String])
  /// A parameter cannot have this value.
  case unusableValue(parameter: String, value: String, expected: String)
  /// A file of queries cannot be used.
  case unreadableQuery(path: String, problem: String)

  /// One line that says what is wrong.
  public var description: String {
    switch self {
    case .runBusy(let run, let host, let process):
      "run \(run.prefix(8)) is being worked on by process \(process) on \(host)"
    case .leaseLost(let run): "another process has taken over run \(run.prefix(8))"
    case .unknownRun(let prefix): "there is no run '\(prefix)'"
    case .deletedRun(let name): "the run '\(name)' is deleted"
    case .ambiguousRun(let prefix, let candidates):
      "'\(prefix)' is the beginning of several runs: \(candidates.joined(separator: ", "))"
    case .ambiguousName(let name, let candidates):
      "'\(name)' names several runs: \(candidates.joined(separator: ", "))"
    case .runInUse(let run, let users):
      "run \(run.prefix(8)) is used by \(users.prefix(6).joined(separator: ", "))"
        + (users.count > 6 ? " and \(users.count - 6) more" : "")
    case .trialLost(let number): "another worker has taken over trial \(number)"
    case .unknownSweep(let name): "there is no sweep '\(name)'"
    case .unknownTrial(let sweep, let number): "the sweep '\(sweep)' has no trial \(number)"
    case .differentSweep(let name, let differences):
      "the sweep '\(name)' in the database searches something else: "
        + differences.joined(separator: "; ")
    case .unusableName(let name, let what):
      name.isEmpty
        ? "the name of a \(what) is empty"
        : "a \(what) cannot be called '\(name)': the name is too long or holds a NUL character"
    case .unfinishedParent(let run, let role):
      "run \(run.prefix(8)), the \(role), is not finished"
    case .damagedRecord(let problem): "the database is damaged: \(problem)"
    case .olderSchema(let path, let version, let current):
      "\(path) has schema version \(version), older than \(current)"
    case .unexpectedRowCount(let query, let count):
      "the query \(query) gave \(count) rows instead of one"
    case .unknownQuery(let name, _): "there is no query '\(name)'"
    case .unknownParameter(let query, let parameter, let known):
      "the query \(query) has no parameter '\(parameter)'; it has "
        + (known.isEmpty ? "none" : known.joined(separator: ", "))
    case .unusableValue(let parameter, let value, let expected):
      "\(parameter) cannot be '\(value)', only \(expected)"
    case .unreadableQuery(let path, let problem): "\(path): \(problem)"
    }
  }
}
