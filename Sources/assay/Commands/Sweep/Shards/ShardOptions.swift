import ArgumentParser
import Foundation
import SQLite
import Sweep
import Tracker

extension ShardNumber: ExpressibleByArgument {
  /// Reads "3/64".
  public init?(argument: String) { self.init(parsing: argument) }
}

/// Options of a sweep of which each task does a part, in a file of its own.
struct ShardOptions: ParsableArguments {
  @Option(
    name: .customLong("shard"),
    help: ArgumentHelp(
      "Does one part of the trials, in a file of its own: 3/64 is the third of 64.",
      valueName: "number/count"))
  var shard: ShardNumber?

  @Option(
    name: .customLong("shards"),
    help: ArgumentHelp(
      "Where finished shards are moved, for all hosts to see. (default: ./shards)",
      valueName: "directory"))
  var directory: String?

  @Option(
    name: .customLong("scratch"),
    help: ArgumentHelp(
      """
      Where a shard is worked on, on a disk of this host. (default: SLURM_TMPDIR, TMPDIR, or the \
      directory of the shards)
      """, valueName: "directory"))
  var scratchPath: String?

  @Option(
    help: ArgumentHelp(
      "How often an unfinished shard is copied to where finished ones go.", valueName: "seconds"))
  var copyEvery = 60.0

  @Option(
    name: .customLong("plan"),
    help: ArgumentHelp("A file of trials to divide, as --slurm writes it.", valueName: "file"))
  var plan: String?

  func validate() throws {
    if directory?.isEmpty == true { throw ValidationError("--shards is empty") }
    if scratchPath?.isEmpty == true { throw ValidationError("--scratch is empty") }
    guard copyEvery > 0, copyEvery.isFinite else {
      throw ValidationError("--copy-every must be a positive number of seconds, not \(copyEvery)")
    }
    guard plan == nil || shard != nil else { throw ValidationError("--plan needs --shard") }
  }

  /// Where shards are moved.
  var shardDirectory: URL { URL(fileURLWithPath: directory ?? "shards") }

  /// Where a shard is worked on.
  ///
  /// - Throws: ``ShardError/networkScratch(directory:)`` for one that the user named.
  func scratch() throws(ShardError) -> URL {
    let environment = ProcessInfo.processInfo.environment
    if let scratchPath {
      guard !FileSystem.isNetwork(directory: scratchPath) else {
        throw .networkScratch(directory: scratchPath)
      }
      return URL(fileURLWithPath: scratchPath)
    }
    let usual = [environment["SLURM_TMPDIR"], environment["TMPDIR"], shardDirectory.path, "/tmp"]
      .compactMap { $0 }.filter { !$0.isEmpty && FileManager.default.fileExists(atPath: $0) }
    guard let local = usual.first(where: { !FileSystem.isNetwork(directory: $0) }) else {
      throw .networkScratch(directory: usual.last ?? "/tmp")
    }
    return URL(fileURLWithPath: local)
  }
}
