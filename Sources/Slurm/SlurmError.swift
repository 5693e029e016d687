package import Subprocess

/// Why Slurm does not do what it is asked.
package enum SlurmError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Slurm's commands are not there.
  case missing(command: String)
  /// A command refuses, in its own words.
  case refused(command: String, message: String)
  /// The controller does not answer.
  case unreachable(message: String)
  /// A command cannot be run at all.
  case failed(SubprocessError)
  /// A shard did not get finished, however often it was submitted.
  case givenUp(shards: String, submissions: Int, log: String, message: String)

  /// What is wrong, in one line.
  package var description: String {
    switch self {
    case .missing(let command): "there is no command '\(command)' here"
    case .refused(let command, let message): "\(command) refuses: \(message)"
    case .unreachable(let message): "Slurm does not answer: \(message)"
    case .failed(let error): "\(error)"
    case .givenUp(let shards, let submissions, let log, let message):
      "shard \(shards) was submitted \(submissions) times and is not finished"
        + (message.isEmpty ? "" : " (\(message))") + ": see \(log)"
    }
  }
}
