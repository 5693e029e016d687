import Subprocess

extension SubprocessError: Reportable {
  var status: ExitStatus {
    switch self {
    case .notFound, .failed, .ended, .tooMuchOutput: .inputOutput
    case .cannotStart, .noPipe, .timedOut: .tryAgain
    case .cancelled: .interrupted
    }
  }

  var remedy: String? {
    if case .noPipe = self { "raise the limit on open files: ulimit -n 256" } else { nil }
  }
}
