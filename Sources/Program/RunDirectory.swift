internal import Foundation
internal import SQLite
package import Tracker

extension ProgramError {
  /// What Foundation could not do with a file, in the system's own words.
  static func refused(_ path: String, _ error: any Error) -> ProgramError {
    let number = ((error as? CocoaError)?.underlying as? POSIXError)?.code.rawValue
    return .inputOutput(
      path: path,
      detail: number.map { String(cString: strerror($0)) } ?? error.localizedDescription)
  }
}

/// The directory of a run of a command: what is not yet in the database, and its checkpoints.
///
/// It lies beside the database: that of the run U of `/x/assay.db` is `/x/assay.db-runs/U`.
public struct RunDirectory: Sendable, Equatable {
  /// The directory's absolute path.
  public let path: String

  /// The directory of a run.
  ///
  /// - Parameters:
  ///   - run: The run's UUID.
  ///   - database: The path of the database, which must be there.
  public init(of run: String, database: String) {
    path = Self.parent(database: database) + "/" + run
  }

  /// The directory at a path, as a record names it.
  public init(path: String) {
    self.path = path
  }

  /// The directory that holds those of all runs of a database.
  ///
  /// - Parameter database: The path of the database, which must be there.
  /// - Returns: The directory's absolute path.
  public static func parent(database: String) -> String {
    URL(fileURLWithPath: database).resolvingSymlinksInPath().path + "-runs"
  }

  /// The path of the file that a tracker has open, without symbolic links.
  static func databasePath(of tracker: Tracker) throws -> String {
    URL(fileURLWithPath: try tracker.read { $0.path }).resolvingSymlinksInPath().path
  }

  /// The events of an execution, which the command appends to.
  public func events(_ execution: Int) -> String { "\(path)/events-\(execution).jsonl" }
  /// A second name of the same file, so that a command that deletes the first loses nothing.
  public func keptEvents(_ execution: Int) -> String { "\(path)/events-\(execution).kept" }
  /// What the run knows as an execution starts.
  public func state(_ execution: Int) -> String { "\(path)/state-\(execution).json" }
  /// Words to an execution's command; the file is there from the first word on.
  public func control(_ execution: Int) -> String { "\(path)/control-\(execution).jsonl" }
  /// What is locked while an execution's command is being started; see ``StartMark``.
  package func starting(_ execution: Int) -> String { "\(path)/starting-\(execution)" }
  /// How an execution's command ended; the file is there once it has.
  public func end(_ execution: Int) -> String { "\(path)/end-\(execution).json" }
  /// What is kept of an execution's standard output, by parts; see ``KeptOutput``.
  public func output(_ execution: Int) -> String { "\(path)/output-\(execution)" }
  /// What is kept of an execution's standard error, by parts; see ``KeptOutput``.
  public func errors(_ execution: Int) -> String { "\(path)/error-\(execution)" }
  /// Contents that events name, by their SHA-256.
  public var files: String { path + "/files" }
  /// The run's own directory for checkpoints, which all of its executions share.
  public var checkpoints: String { path + "/checkpoints" }

  /// Makes the directory and those in it, for this user alone, unless they are there.
  ///
  /// - Throws: ``ProgramError/inputOutput(path:detail:)``.
  package func make() throws(ProgramError) {
    for directory in [path, files, checkpoints] {
      var remaining = 100
      while true {
        do {
          try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
          break
        } catch {
          // The last of the other runs may be removing the directory of all, empty as it is.
          remaining -= 1
          let isVanished = (error as? CocoaError)?.code == .fileNoSuchFile
          guard isVanished, remaining > 0 else {
            throw .refused(directory, error)
          }
        }
      }
    }
  }

  /// Whether it holds a checkpoint that is larger than a database takes.
  var hasUnstorableCheckpoints: Bool {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: checkpoints)) ?? []
    return names.contains {
      FileIdentity.size(of: checkpoints + "/" + $0) ?? 0 > StoredContent.largestSize
    }
  }

  /// Removes what an ended execution and those before it have left, all of which is recorded.
  ///
  /// Another process may go on with the run at any time. Its execution's files are never touched, and
  /// what all executions share goes only while none can begin.
  ///
  /// - Parameters:
  ///   - run: The run, which this process has ended.
  ///   - keepingCheckpoints: Whether the checkpoints stay, for the next execution.
  package func clear(after run: ActiveRun, keepingCheckpoints: Bool) {
    for name in contents where Self.execution(ofFile: name).map({ $0 <= run.execution }) == true {
      try? FileManager.default.removeItem(atPath: path + "/" + name)
    }
    // If the database is locked for too long, or cannot be written, empty directories stay.
    try? run.unlessResumed {
      removeAll(keepingCheckpoints: keepingCheckpoints)
    }
  }

  /// Removes all that is there, of a run that no other process knows or goes on with.
  ///
  /// - Parameter keepingCheckpoints: Whether the checkpoints stay, for the next execution.
  func removeAll(keepingCheckpoints: Bool = false) {
    for name in contents where !(keepingCheckpoints && name == "checkpoints") {
      try? FileManager.default.removeItem(atPath: path + "/" + name)
    }
    // Those that are not empty stay.
    for path in [checkpoints, path, URL(fileURLWithPath: path).deletingLastPathComponent().path] {
      rmdir(path)
    }
  }

  private var contents: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
  }

  /// The execution that a file belongs to, as `events-2.jsonl` to the second; nil: to none or all.
  private static func execution(ofFile name: String) -> Int? {
    guard let dash = name.firstIndex(of: "-") else { return nil }
    return Int(name[name.index(after: dash)...].prefix { $0.isNumber })
  }
}
