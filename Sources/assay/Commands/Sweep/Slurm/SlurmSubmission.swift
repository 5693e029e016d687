import Foundation
import Slurm
import Sweep
import Tracker

/// What of a sweep Slurm does now, beside the sweep's database: the same command finds it again.
struct SlurmSubmission: Codable, Equatable {
  /// Batches of trials are counted from 1.
  var round: Int
  /// How many shards the batch has; 0 if it is not prepared yet.
  var shards: Int
  /// The directory of the shards.
  var directory: String
  /// The name of the files of the batch.
  var name: String
  /// The name of the jobs.
  var jobName: String
  /// Whether the first trial has a job of its own.
  var isStagesFirst: Bool

  /// The trials of the batch.
  var plan: String { "\(directory)/\(name).plan" }
  /// The job script.
  var script: String { "\(directory)/\(name).sh" }
  /// Where the output of elements goes, as sbatch takes it.
  var output: String { "\(directory)/\(name)-%a.log" }
  /// Where the output of one goes.
  func log(_ element: Int) -> String { "\(directory)/\(name)-\(element).log" }
  /// The elements, the shared stages' first.
  var elements: ClosedRange<Int> { (isStagesFirst ? 0 : 1)...shards }

  /// The files of a shard.
  func files(_ element: Int) -> ShardFiles? {
    ShardNumber(element, of: shards).map {
      ShardFiles(of: name, shard: $0, in: URL(fileURLWithPath: directory))
    }
  }

  /// Whether a shard is finished.
  func isFinished(_ element: Int) -> Bool {
    files(element).map { FileManager.default.fileExists(atPath: $0.finished) } ?? false
  }

  /// Describes a batch of a sweep.
  init(round: Int, of sweep: Sweep, shards: Int, directory: URL, isStagesFirst: Bool) {
    self.round = round
    self.shards = shards
    self.directory = directory.standardizedFileURL.path
    self.isStagesFirst = isStagesFirst
    let number = sweep.uuid.prefix(8)
    name = "\(ShardFiles.fileName(sweep.name))-\(number)-\(round)"
    jobName = "assay-\(number)-\(round)"
  }

  /// Where it is kept.
  private static func path(of sweep: Sweep, database: String) -> String {
    "\(database)-slurm-\(sweep.uuid.prefix(8)).json"
  }

  /// The batch that Slurm has, or the number of the next one, which has no shards yet; nil if there
  /// was none.
  static func find(of sweep: Sweep, database: String) -> SlurmSubmission? {
    let file = URL(fileURLWithPath: path(of: sweep, database: database))
    return (try? Data(contentsOf: file)).flatMap {
      try? JSONDecoder().decode(SlurmSubmission.self, from: $0)
    }
  }

  /// Has Slurm end the jobs of a sweep, if it does any.
  ///
  /// - Throws: `SlurmError`.
  static func cancelJobs(
    of sweep: Sweep, database: String, isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    guard let batch = find(of: sweep, database: database), batch.shards > 0 else { return }
    try SlurmCommands(isCancelled: isCancelled).cancel(named: batch.jobName)
  }

  /// Keeps it.
  ///
  /// - Throws: `CocoaError`.
  func keep(of sweep: Sweep, database: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(self).write(
      to: URL(fileURLWithPath: Self.path(of: sweep, database: database)), options: .atomic)
  }
}

/// How far Slurm has got with a batch.
struct SlurmProgress {
  /// Shards that are finished.
  var finished = 0
  /// Trials that have been judged in shards that are not finished.
  var judged = 0

  /// Looks at the files of the shards.
  init(of submission: SlurmSubmission) {
    for element in submission.elements {
      if submission.isFinished(element) {
        finished += 1
      } else if let state = submission.files(element).flatMap({ ShardState.read($0.state) }) {
        judged += state.finished
      }
    }
  }
}
