import Bytes

extension Shortage: Reportable {
  var status: ExitStatus {
    switch self {
    case .thread, .memory: .tryAgain
    case .openFiles: .inputOutput
    }
  }

  var remedy: String? {
    switch self {
    case .thread:
      "end other programs, or raise the limits on processes (ulimit -u) and memory (ulimit -v)"
    case .openFiles: "raise the limit: ulimit -n 256"
    case .memory: "raise the limit (ulimit -v) or ask the scheduler for more memory"
    }
  }
}
