internal import Foundation
internal import Subprocess
internal import Synchronization

/// What differs in a working tree from its commit, asked of git while the run begins.
final class GitChanges: Sendable {
  /// What git said.
  struct Answer: Sendable {
    /// The changes of files that git knows, as a patch; nil: there are none, or they are more than
    /// is kept.
    var patch: [UInt8]?
    /// Whether the patch is more than is kept.
    var isTooLarge = false
    /// The files that git does not know, and does not ignore.
    var untracked: [String] = []
    /// Whether anything differs.
    var areThere = false
  }

  /// The largest patch that is kept, in bytes.
  static let largestPatch = 4 << 20
  /// How long the start of the command waits for git, in seconds.
  private static let patience = 0.012
  /// How long a run waits for git that must know, in seconds.
  static let longestWait = 20.0
  /// How long git may take.
  private static let secondsAllowed = 20

  /// What is looked at.
  private let paths: [String]
  private let answer = Mutex<Answer?>(nil)
  private let answered = DispatchSemaphore(value: 0)
  private let isStopped = Atomic(false)

  /// Begins to ask.
  ///
  /// - Parameters:
  ///   - top: The top of the working tree.
  ///   - database: The file that the run is recorded in, which with those beside it is no part of
  ///     what the run depends on.
  init(of top: String, without database: String) {
    if database.hasPrefix(top + "/") {
      let name = String(database.dropFirst(top.count + 1))
      // The database may be in the making: its drafts have names that are not known.
      let pattern = name.map { "*?[]\\".contains($0) ? "\\\($0)" : "\($0)" }.joined()
      paths =
        ["--", ".", ":(top,exclude,glob)\(pattern).draft-*"]
        + ["", "-wal", "-shm", "-journal", "-runs"].map { ":(top,exclude,literal)\(name)\($0)" }
    } else {
      paths = []
    }
    DispatchQueue.global().async { [self] in
      let found = ask(top)
      answer.withLock { $0 = found }
      answered.signal()
    }
  }

  /// Waits a moment, so that a command that changes files at once finds git done.
  func waitBriefly() {
    if answered.wait(timeout: .now() + Self.patience) == .success { answered.signal() }
  }

  /// What git said; nil: nothing yet, or it failed.
  var current: Answer? { answer.withLock { $0 } }

  /// Waits until git has answered, for so many seconds at most.
  func wait(seconds: Double) -> Answer? {
    if answered.wait(timeout: .now() + seconds) == .success { answered.signal() }
    isStopped.store(true, ordering: .relaxed)
    return current
  }

  /// Asks both questions at once: the patch is wanted only where files that git knows differ, but to
  /// ask for it once that is known would take twice as long.
  private func ask(_ top: String) -> Answer? {
    let questions = [
      (words: ["status", "--porcelain", "-z", "--no-renames"], limit: 1 << 24),
      (
        words: ["diff", "HEAD", "--no-ext-diff", "--no-color", "--no-textconv", "--binary"],
        limit: Self.largestPatch
      ),
    ]
    let answers = Mutex<[[UInt8]?]>([nil, nil])
    DispatchQueue.concurrentPerform(iterations: questions.count) { [self] number in
      let found = git(questions[number].words, in: top, outputLimit: questions[number].limit)
      answers.withLock { $0[number] = found }
    }
    let (status, patch) = answers.withLock { ($0[0], $0[1]) }
    guard let status else { return nil }
    var answer = Answer()
    answer.areThere = !status.isEmpty
    let entries = status.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    answer.untracked = entries.filter { $0.hasPrefix("?? ") }.map { String($0.dropFirst(3)) }
    guard answer.untracked.count < entries.count else { return answer }
    answer.patch = patch
    answer.isTooLarge = patch == nil
    return answer
  }

  private func git(_ arguments: [String], in top: String, outputLimit: Int) -> [UInt8]? {
    var git = Subprocess("git", arguments + paths, directory: top)
    // Looking must not make another git wait.
    git.environment["GIT_OPTIONAL_LOCKS"] = "0"
    return try? git.run(
      outputLimit: outputLimit, secondsAllowed: Self.secondsAllowed,
      isCancelled: { [self] in isStopped.load(ordering: .relaxed) })
  }
}
