import Tracker

extension TrackerError: Reportable {
  var status: ExitStatus {
    switch self {
    case .runBusy, .leaseLost, .trialLost: .tryAgain
    case .unknownRun, .deletedRun, .ambiguousRun, .ambiguousName, .runInUse: .usage
    case .unknownSweep, .unknownTrial: .usage
    case .unknownQuery, .unknownParameter, .unusableValue: .usage
    case .unreadableQuery: .missingInput
    case .unfinishedParent, .unexpectedRowCount: .defect
    case .damagedRecord, .differentSweep, .olderSchema, .unusableName: .badData
    }
  }

  var remedy: String? {
    switch self {
    case .runBusy: "try again when that is done"
    case .leaseLost, .trialLost: "this process leaves it, and nothing is lost"
    case .unknownRun: "assay runs list\(GivenFiles.database) shows them"
    case .deletedRun(let name):
      "assay runs list --deleted\(GivenFiles.database) shows it; bring it back: assay runs restore "
        + "\(ShellWord(name))\(GivenFiles.database)"
    case .ambiguousRun: "give more digits"
    case .ambiguousName: "give the first digits of one"
    case .runInUse: "--with-descendants deletes them too"
    case .unknownSweep: "assay sweep list\(GivenFiles.database) shows them"
    case .unknownTrial(let sweep, _):
      "assay sweep export \(ShellWord(sweep))\(GivenFiles.database) lists them"
    case .differentSweep(let name, _):
      "give this one another name, or resume the old one: "
        + "assay sweep run \(ShellWord(name))\(GivenFiles.database)"
    case .unknownQuery(let name, let known):
      Self.nearQueries(name, known) + "assay query lists them"
    case .olderSchema(let path, _, _):
      "bring it up to date with: assay db migrate --db \(ShellWord(path))"
    case .unfinishedParent, .damagedRecord, .unexpectedRowCount, .unknownParameter,
      .unusableName, .unusableValue, .unreadableQuery:
      nil
    }
  }

  /// Asks for a query of which the name is a part or a slip.
  private static func nearQueries(_ name: String, _ known: [String]) -> String {
    let parts = known.filter { $0.contains(name) || name.contains($0) }
    let near = parts.isEmpty ? Suggestions.near(name, among: known) : parts
    return near.isEmpty ? "" : "did you mean \(near.joined(separator: " or "))? "
  }
}

extension RunExpressionError: Reportable {
  var status: ExitStatus { .usage }

  var remedy: String? {
    guard case .unknown(_, let name, let known, let isQuoted) = problem else { return nil }
    let near = Suggestions.near(name, among: known)
    if !near.isEmpty { return "did you mean \(near.joined(separator: " or "))?" }
    return isQuoted ? "a text takes single quotes: '\(name)'" : nil
  }
}
