import Sweep

extension ConfigurationError: Reportable {
  var status: ExitStatus { kind == .unreadable ? .missingInput : .badData }

  var remedy: String? {
    switch kind {
    case .unknownSetting: "assay reproduce --print-config shows them all"
    case .unsaidTrials:
      "give the command that trials run by 'command:', or let a program ask: assay sweep ask"
    case .impossible, .unknownMetric, .unreadable: nil
    }
  }
}

extension SweepError: Reportable {
  var status: ExitStatus {
    switch self {
    case .noNumber, .noNumbers, .unreadable, .allTrialsFailed: .badData
    case .noFinishedTrial: .missingInput
    case .notRunnable, .notAsked, .imported, .wrongCount: .usage
    case .workersDie: .defect
    }
  }

  var remedy: String? {
    switch self {
    case .noFinishedTrial(let sweep):
      "resume it with: assay sweep run \(ShellWord(sweep))\(GivenFiles.database)"
    case .noNumbers(let sweep, _, let first, _):
      "assay sweep show \(ShellWord(sweep)) --trial \(first)\(GivenFiles.database) shows the first"
    case .allTrialsFailed(let sweep, _, let first, _):
      "assay sweep show \(ShellWord(sweep)) --trial \(first)\(GivenFiles.database) shows its runs; "
        + "assay sweep run with --retry-failed repeats them"
    case .notAsked(let name):
      "run it with: assay sweep run \(ShellWord(name))\(GivenFiles.database)"
    case .notRunnable(let name):
      "ask with: assay sweep ask \(ShellWord(name))\(GivenFiles.database)"
    default: nil
    }
  }
}
