internal import Foundation

/// The processes of an execution that still live, by the variables that its command was given: those
/// that a killed command has left behind are found too.
///
/// A process that is only just being started has no variables of its own to be seen yet. Until the
/// system has begun to load its program it holds the execution's ``StartMark``, and from there on it
/// shows no words at all for a moment. Such a process is waited for.
package struct RunProcesses {
  private let run: String
  private let execution: Int
  private let mark: StartMark

  package init(of run: String, execution: Int, in directory: RunDirectory) {
    self.run = run
    self.execution = execution
    mark = StartMark(of: execution, in: directory)
  }

  /// How long a process may take until its program is loaded, and from there to its first variable:
  /// longer than any does, so that one that never shows any holds nobody up for good.
  private static let patience = (starting: Duration.seconds(10), loading: Duration.seconds(1))

  /// Their numbers; none where the system does not show them.
  package var living: [Int32] {
    let start = ContinuousClock.now
    while true {
      // Asked in the order in which a process passes through them.
      let isStarting = mark.isHeld
      let (found, isUnclear) = look()
      let isOver =
        ContinuousClock.now - start
        > (isStarting ? Self.patience.starting : Self.patience.loading)
      if !found.isEmpty || isOver || !(isStarting || isUnclear) { return found }
      Thread.sleep(forTimeInterval: 0.002)
    }
  }

  /// The processes that show the execution's variables, and whether there is one that shows nothing
  /// yet.
  private func look() -> (found: [Int32], isUnclear: Bool) {
    let own = getpid()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    var (found, isUnclear) = ([Int32](), false)
    for process in names.compactMap({ Int32($0) }) where process != own {
      guard var variables = content("environ", of: process) else { continue }
      if variables.isEmpty, isOfProgram(process) {
        isUnclear = isUnclear || content("cmdline", of: process)?.isEmpty == true
        // Its words may have come after the first look.
        variables = content("environ", of: process) ?? variables
      }
      let words = Set(variables.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
      if words.isSuperset(of: ["ASSAY_RUN=\(run)", "ASSAY_ATTEMPT=\(execution)"]) {
        found.append(process)
      }
    }
    return (found, isUnclear)
  }

  private func content(_ name: String, of process: Int32) -> Data? {
    FileManager.default.contents(atPath: "/proc/\(process)/\(name)")
  }

  /// False for the kernel's own processes, and those that have ended and are not collected.
  private func isOfProgram(_ process: Int32) -> Bool {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")) != nil
  }
}

/// A file that is locked while an execution's command is being started, also by the new process
/// itself, should its supervisor be killed meanwhile: the lock passes to the process and ends as its
/// program is loaded.
package struct StartMark {
  private let path: String

  package init(of execution: Int, in directory: RunDirectory) {
    path = directory.starting(execution)
  }

  /// Starts something while the file is locked.
  ///
  /// - Throws: ``ProgramError/inputOutput(path:detail:)``, or what the body throws.
  package func hold<Result>(
    _ body: () throws(ProgramError) -> Result
  ) throws(ProgramError) -> Result {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
      throw .inputOutput(path: path, detail: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    return try body()
  }

  /// Whether a process is being started.
  var isHeld: Bool {
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }
}
