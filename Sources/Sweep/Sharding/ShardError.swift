/// Why a sweep cannot be done in shards, or a shard of it cannot.
package enum ShardError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The sampler learns from the trials of all shards.
  case needsHistory(sweep: String, sampler: String)
  /// The pruner compares a trial with those of other shards while it runs.
  case needsReports(sweep: String)
  /// There is no space on this host where a database may lie.
  case networkScratch(directory: String)
  /// A file is of another sweep of the same name.
  case otherSweep(file: String, name: String)
  /// The scheduler wants the place of the task.
  case givesWay(shard: ShardNumber, directory: String)

  /// What is wrong, in one line.
  package var description: String {
    switch self {
    case .needsHistory(let sweep, let sampler):
      "the sampler of the sweep '\(sweep)', \(sampler), learns from all finished trials, which a "
        + "shard does not see"
    case .needsReports(let sweep):
      "the pruner of the sweep '\(sweep)' compares running trials, which shards do not see"
    case .networkScratch(let directory):
      "\(directory) is on a network file system, where a database must not be worked on"
    case .otherSweep(let file, let name):
      "\(file) is of another sweep that is named '\(name)' too: it was begun apart, or has changed"
    case .givesWay(let shard, let directory):
      "shard \(shard) gives way to others; what it has done is in \(directory)"
    }
  }
}
