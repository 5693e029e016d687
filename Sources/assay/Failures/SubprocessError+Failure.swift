import Subprocess

extension SubprocessError: Reportable {
  var status: ExitStatus {
    switch self {
    case .notFound, .failed, .ended, .tooMuchOutput: .inputOutput
    case .cannotStart, .noPipe, .timedOut: .tryAgain
    case .cancelled: .interrupted
    }
  }
}
