import Bytes
import Foundation
import Program
import Tracker

#if Pages
  import SQLite
  import Serve
#endif

/// An address on this machine at which a command that Assay runs can log to MLflow, so that what it logs
/// is recorded in its own run.
///
/// Where it cannot be had, the command runs without it: Assay never stands in its way.
struct RunInterface {
  /// What the command finds in its environment.
  let variables: [String: String]
  #if Pages
    private let server: Server
  #endif

  /// The variables by which users send their programs elsewhere.
  private static let usersOwn = ["MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID"]

  /// Begins to serve; nil if this build has no server, the user has the command log elsewhere, or the
  /// system does not allow it.
  ///
  /// - Parameters:
  ///   - program: The command's run.
  ///   - keepsGroup: Whether its user put it into a group.
  ///   - tracker: What it is recorded with.
  ///   - notice: Receives why the system does not.
  init?(
    of program: StartedProgram, keepsGroup: Bool, tracker: Tracker, notice: (String) -> Void
  ) {
    #if Pages
      let environment = ProcessInfo.processInfo.environment
      guard !Self.usersOwn.contains(where: { environment[$0] != nil }) else { return nil }
      var generator = SystemRandomNumberGenerator()
      let token = (0..<4).map { _ in String(generator.next() as UInt64, radix: 36) }.joined(
        separator: "-")
      do {
        // Connections must leave enough to the command.
        var limits = HTTPLimits()
        limits.sparedFiles += ProgramSupervisor.openFilesNeeded
        try ProcessRoom.check(
          threads: ProgramSupervisor.threadsNeeded + 5, memory: 2 * ProgramSupervisor.memoryNeeded)
        let database = try ServedDatabase(
          path: try tracker.read { $0.path },
          recording: BoundRun(uuid: program.run.uuid, keepsGroup: keepsGroup), with: tracker)
        server = try Server([database], token: token, limits: limits)
      } catch {
        notice("the command runs without an address for MLflow: \(error)")
        return nil
      }
      variables = [
        "MLFLOW_TRACKING_URI": server.address, "MLFLOW_TRACKING_TOKEN": token,
        "MLFLOW_RUN_ID": program.run.uuid,
      ]
    #else
      return nil
    #endif
  }

  /// Answers what the command still asks, and ends.
  func stop() {
    #if Pages
      server.stop()
    #endif
  }
}
