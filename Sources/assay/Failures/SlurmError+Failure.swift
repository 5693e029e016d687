import Slurm

extension SlurmError: Reportable {
  var status: ExitStatus {
    switch self {
    case .missing: .missingInput
    case .refused: .usage
    case .unreachable: .tryAgain
    case .failed(let error): error.status
    case .givenUp: .inputOutput
    }
  }

  var remedy: String? {
    switch self {
    case .missing: "run this on a host where jobs are submitted, or give each task --shard"
    case .refused:
      "see --partition, --time and --slurm-option; --slurm-script-only shows the script"
    case .unreachable: "the same command goes on watching"
    case .failed: nil
    case .givenUp: "the same command submits it again"
    }
  }
}
