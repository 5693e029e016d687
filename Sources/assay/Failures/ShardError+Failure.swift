import Sweep

extension ShardError: Reportable {
  var status: ExitStatus {
    switch self {
    case .needsHistory, .needsReports, .networkScratch: .usage
    case .otherSweep: .badData
    case .givesWay: .tryAgain
    }
  }

  var remedy: String? {
    switch self {
    case .needsHistory:
      "let Slurm do it in rounds (--slurm), or take grid, random or halton in the sweep file"
    case .needsReports: "leave the pruner out of the sweep file"
    case .networkScratch: "name a directory on a disk of this host with --scratch"
    case .otherSweep: "remove that file, or name another directory with --shards"
    case .givesWay: "the same command goes on"
    }
  }
}
