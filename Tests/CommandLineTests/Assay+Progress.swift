import Foundation
import SQLite
import TestSupport

/// How far commands under way have got, as their database says.
extension Assay {
  /// The whole number that a query gives; 0 as long as the command has not made its tables.
  ///
  /// The shell would make the database where it is not there yet, and a process for each question
  /// takes too long where one is asked every few milliseconds.
  func number(_ sql: String) throws -> Int {
    let path = directory.path("assay.db")
    guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int,
      size > 0
    else { return 0 }
    let connection = try Connection(path: path, mode: .readOnly)
    let views = try connection.rows("SELECT 1 FROM sqlite_schema WHERE name = 'trials'") { _ in 1 }
    guard !views.isEmpty else { return 0 }
    return Int(try connection.rows(sql) { try $0.int(0) }.first ?? 0)
  }

  /// How much work is committed: the steps, images and so on of all runs and, since a process that
  /// takes over an unfinished run shows by that first, the processes that have had part in it.
  func progress() throws -> Int {
    try number(
      "SELECT coalesce(sum(progress_done), 0) + (SELECT count(*) FROM execution) FROM run")
  }

  /// Kills a program at a random moment within a few hundredths of a second, which lie between two
  /// commits or in the midst of one.
  static func kill(
    _ program: RunningProgram, using random: inout SeededGenerator
  ) throws -> ProgramResult {
    usleep(UInt32.random(in: 0...20_000, using: &random))
    program.send(SIGKILL)
    return try program.wait()
  }
}
