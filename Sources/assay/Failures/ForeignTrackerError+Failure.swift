import ForeignTrackers

extension ForeignTrackerError: Reportable {
  var status: ExitStatus {
    switch self {
    case .missing: .missingInput
    case .cancelled: .interrupted
    case .otherFile, .otherVersion, .damaged, .incomplete: .badData
    }
  }

  var remedy: String? {
    switch self {
    case .otherVersion: "let the tool bring it up to date, as by 'optuna storage upgrade'"
    case .missing, .otherFile, .damaged, .incomplete, .cancelled: nil
    }
  }
}
