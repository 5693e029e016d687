internal import Foundation

/// The working tree that a command starts in: its commit, and what differs from it.
///
/// Git takes some milliseconds to answer, so it is asked before all else that a start takes.
public final class WorkingTree: Sendable {
  /// The commit; nil: the directory is in no repository.
  let head: GitHead?
  /// What differs from the commit, which git is asked.
  let changes: GitChanges?

  /// Looks at a directory, and begins to ask git.
  ///
  /// - Parameters:
  ///   - directory: The command's working directory.
  ///   - database: The path of the database, which need not be there: it and the files beside it are
  ///     no part of what the run depends on.
  public init(of directory: String, without database: String) {
    head = GitHead(of: directory)
    let database = URL(fileURLWithPath: database).resolvingSymlinksInPath().path
    changes = head.map { GitChanges(of: $0.top, without: database) }
  }
}
