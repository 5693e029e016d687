import Foundation
import Program

extension ProgramError: Reportable {
  var status: ExitStatus {
    switch self {
    case .notFound: .commandNotFound
    case .notExecutable: .notExecutable
    case .inputOutput: .inputOutput
    case .nothingToResume, .missing: .missingInput
    case .finishedRun, .otherKind, .notClean, .wrongPattern: .usage
    case .wrongStart: .badData
    }
  }

  var remedy: String? {
    switch self {
    case .nothingToResume(nil): "give it a name with --name"
    case .nothingToResume: "leave --resume must out to begin one"
    case .finishedRun: "a finished run never changes; begin another with --resume never"
    case .otherKind: "assay runs list --where \"kind = 'program'\" shows those that can"
    case .notClean: "commit them, or leave --require-clean out"
    case .inputOutput(_, String(cString: strerror(EMFILE))): "raise the limit: ulimit -n 256"
    default: nil
    }
  }
}
