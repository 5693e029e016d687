internal import SQLite

/// Why the tracker cannot do something.
public enum TrackerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Another process is working on the same run.
  case runBusy(run: String, host: String, processID: Int64)
  /// Another process has taken the run over; this one may write no more.
  case leaseLost(run: String)
  /// No run has a UUID that begins like this.
  case unknownRun(String)
  /// Several runs have.
  case ambiguousRun(String, candidates: [String])
  /// Another process has taken the trial over; this one may write no more of it.
  case trialLost(number: Int)
  /// There is no sweep of this name.
  case unknownSweep(String)
  /// A sweep has no trial of this number.
  case unknownTrial(sweep: String, number: Int)
  /// The sweep of this name searches something else.
  case differentSweep(name: String, differences: [String])
  /// A parent of a run is not finished.
  case unfinishedParent(run: String, role: String)
  /// What is recorded cannot be read.
  case damagedRecord(String)
  /// A query that gives one row gave another number of rows.
  case unexpectedRowCount(query: String, count: Int)
  /// There is no query of this name.
  case unknownQuery(name: String, suggestions: [String])
  /// A query has no parameter of this name.
  case unknownParameter(query: String, parameter: String, known: [String])
  /// A parameter cannot have this value.
  case unusableValue(parameter: String, value: String, expected: String)
  /// A file of queries cannot be used.
  case unreadableQuery(path: String, problem: String)

  /// What is wrong and what to do, in one line.
  public var description: String {
    switch self {
    case .runBusy(let run, let host, let process):
      "run \(run.prefix(8)) is being worked on by process \(process) on \(host); "
        + "try again when that is done"
    case .leaseLost(let run):
      "another process has taken over run \(run.prefix(8)); this one stops, and nothing is lost"
    case .unknownRun(let prefix):
      "there is no run '\(prefix)'; assay runs list shows them"
    case .ambiguousRun(let prefix, let candidates):
      "'\(prefix)' is the beginning of several runs: \(candidates.joined(separator: ", ")); "
        + "give more digits"
    case .trialLost(let number):
      "another worker has taken over trial \(number); this one leaves it, and nothing is lost"
    case .unknownSweep(let name):
      "there is no sweep '\(name)'; assay sweep list shows them"
    case .unknownTrial(let sweep, let number):
      "the sweep '\(sweep)' has no trial \(number); assay sweep export \(sweep) lists them"
    case .differentSweep(let name, let differences):
      "the sweep '\(name)' in the database searches something else: "
        + differences.joined(separator: "; ")
        + "; give this one another name, or go on with the old one: assay sweep run \(name)"
    case .unfinishedParent(let run, let role):
      "run \(run.prefix(8)), the \(role), is not finished"
    case .damagedRecord(let problem): "the database is damaged: \(problem)"
    case .unexpectedRowCount(let query, let count):
      "the query \(query) gave \(count) rows instead of one"
    case .unknownQuery(let name, let suggestions):
      "there is no query '\(name)'; "
        + (suggestions.isEmpty ? "" : "did you mean \(suggestions.joined(separator: " or "))? ")
        + "assay query lists them"
    case .unknownParameter(let query, let parameter, let known):
      "the query \(query) has no parameter '\(parameter)'; it has "
        + (known.isEmpty ? "none" : known.joined(separator: ", "))
    case .unusableValue(let parameter, let value, let expected):
      "\(parameter) cannot be '\(value)', only \(expected)"
    case .unreadableQuery(let path, let problem): "\(path): \(problem)"
    }
  }

  /// The exit code, of BSD's sysexits.h, that a command ends with.
  public var exitCode: Int32 {
    switch self {
    case .runBusy, .leaseLost, .trialLost: 75
    case .unknownRun, .ambiguousRun, .unknownSweep, .unknownTrial: 64
    case .unknownQuery, .unknownParameter, .unusableValue: 64
    case .unreadableQuery: 66
    case .unfinishedParent, .unexpectedRowCount: 70
    case .damagedRecord, .differentSweep: 65
    }
  }
}
