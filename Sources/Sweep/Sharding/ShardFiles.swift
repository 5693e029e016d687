package import Foundation

/// The files of one shard, which all hosts see.
///
/// Each is written under another name and moved to its own, which network file systems keep whole.
package struct ShardFiles: Sendable {
  /// What begins the names of all of a sweep's files.
  package let name: String
  private let directory: URL
  private let shard: ShardNumber

  /// Names the files.
  ///
  /// - Parameters:
  ///   - name: The sweep's name as that of a file, or the name of the plan that it is done by.
  ///   - shard: The shard.
  ///   - directory: Where all shards are.
  package init(of name: String, shard: ShardNumber, in directory: URL) {
    self.name = name
    self.shard = shard
    self.directory = directory
  }

  private static let longestName = 60

  /// A sweep's name as the name of a file, with "_" for what shells and file systems may not take.
  package static func fileName(_ name: String) -> String {
    let safe = name.map { character in
      character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
        ? character : "_"
    }
    let start = safe.first == "." || safe.first == "-" ? "_" : ""
    return start + String(safe.prefix(longestName))
  }

  private func path(_ ending: String) -> String {
    let width = "\(shard.count)".count
    let number = String(repeating: "0", count: width - "\(shard.index)".count) + "\(shard.index)"
    return directory.appending(path: "\(name)-\(number)-of-\(shard.count)\(ending)").path
  }

  /// The finished shard, a database.
  package var finished: String { path(".db") }
  /// The copy of one that is worked on, a database.
  package var unfinished: String { path(".part") }
  /// The directories of the runs of commands that have not ended, beside that copy.
  package var runs: String { path(".part-runs") }
  /// Who works on it, and how far it has got: ``ShardState``.
  package var state: String { path(".json") }

  /// The same sweep's files of another shard.
  package func other(_ index: Int) -> ShardFiles? {
    ShardNumber(index, of: shard.count).map { ShardFiles(of: name, shard: $0, in: directory) }
  }
}

/// Who works on a shard, and how far it has got, as all hosts see it.
package struct ShardState: Codable, Sendable, Equatable {
  /// Which attempt on the shard it is, from 1.
  package var attempt: Int
  /// The attempt's own name: two may have one number, if they began at the same time.
  package var token: String
  /// The host.
  package var host: String
  /// The scheduler's name of the job; nil without one.
  package var job: String?
  /// How many trials the shard has.
  package var trials: Int
  /// How many of them are finished, worked on, failed.
  package var finished: Int
  package var running: Int
  package var failed: Int

  /// Describes an attempt.
  package init(attempt: Int, token: String, host: String, job: String?, trials: Int) {
    (self.attempt, self.token, self.host, self.job) = (attempt, token, host, job)
    (self.trials, finished, running, failed) = (trials, 0, 0, 0)
  }

  /// Reads the state of a shard; nil if there is none.
  package static func read(_ path: String) -> ShardState? {
    guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return nil }
    return try? JSONDecoder().decode(ShardState.self, from: bytes)
  }

  /// Writes it, under another name first.
  ///
  /// - Throws: `CocoaError`.
  package func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  /// Whether this attempt goes on with a shard after another one has begun.
  ///
  /// A scheduler may run a job twice, on two hosts: the one that began last goes on.
  package func isAfter(_ other: ShardState) -> Bool {
    (attempt, token) > (other.attempt, other.token)
  }
}
