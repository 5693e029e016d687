import SQLite

extension SQLiteError: Reportable {
  var status: ExitStatus {
    switch kind {
    case .busy: .tryAgain
    case .missing: .missingInput
    case .readOnly, .full, .cannotOpen, .inputOutput: .inputOutput
    case .corrupt, .notADatabase, .foreignApplication, .newerVersion, .olderVersion, .wrongType,
      .wrongQuery:
      .badData
    case .notAllowed: .usage
    case .interrupted: .interrupted
    case .constraint, .misuse: .defect
    }
  }
}
