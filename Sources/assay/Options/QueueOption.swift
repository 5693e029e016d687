import ArgumentParser
import Foundation
import Sweep

#if PostgreSQL
  import SweepQueue
#endif

/// The server that keeps the queue of a sweep.
struct QueueOption: ParsableArguments {
  static let variable = "ASSAY_QUEUE"

  @Option(
    name: .customLong("queue"),
    help: ArgumentHelp(
      "A PostgreSQL server that keeps the sweep, for workers of many machines. (default: ASSAY_QUEUE)",
      valueName: "address"))
  var given: String?

  /// The address as libpq takes it; nil where the database has the queue.
  var address: String? {
    let address = given ?? ProcessInfo.processInfo.environment[Self.variable]
    return address.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The option for commands that are shown: the address itself, which may hold a password, is not.
  var shellWords: String {
    given == nil ? "" : " --queue ADDRESS"
  }

  /// The server; nil where the database has the queue.
  ///
  /// What this process starts from then on does not inherit the address.
  ///
  /// - Parameters:
  ///   - isPatient: Whether a server is waited for that cannot be reached.
  ///   - isCancelled: Whether to stop waiting.
  ///   - notice: Receives, on any thread, what the user should know.
  /// - Returns: The server.
  /// - Throws: ``MissingTrait`` if this program was built without what it takes.
  func server(
    isPatient: Bool = false,
    isCancelled: @escaping @Sendable () -> Bool = Interruption.shared.isCancelled,
    notice: @escaping @Sendable (String) -> Void
  ) throws -> (any SweepServer)? {
    guard let address else { return nil }
    unsetenv(Self.variable)
    #if PostgreSQL
      return PostgreSQLServer(
        address, patience: isPatient ? .untilCancelled : .once,
        isCancelled: isCancelled, notice: notice)
    #else
      throw MissingTrait.postgreSQL
    #endif
  }
}

/// What this program was built without.
enum MissingTrait: Reportable {
  case postgreSQL

  var fact: String { "this assay was built without PostgreSQL, which --queue needs" }
  var remedy: String? {
    "build it with: make build TRAITS=PostgreSQL, and install libpq5 (Debian's name)"
  }
  var status: ExitStatus { .usage }
}
