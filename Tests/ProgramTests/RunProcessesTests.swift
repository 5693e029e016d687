import Foundation
import Program
import SQLite
import Synchronization
import TestSupport
import Testing
import Tracker

@Suite("Commands whose supervisor is killed as it starts them")
struct RunProcessesTests {
  let directory: TemporaryDirectory
  let tracker: Tracker
  let program: StartedProgram

  init() throws {
    directory = try TemporaryDirectory()
    tracker = try Tracker(
      writing: directory.path("assay.db"), environment: RunEnvironment(version: "test"))
    program = try StartedProgram.begin(
      ProgramRequest(["sleep", "600"], in: directory.url.path), in: tracker)
    // Whoever began the run is dead.
    try Connection(path: directory.path("assay.db"), mode: .readWrite).execute(
      "UPDATE execution SET process_started = 'long ago'")
  }

  private func startCommand() throws -> RunningProgram {
    try start(
      "sleep", ["600"],
      environment: ["ASSAY_RUN": program.run.uuid, "ASSAY_ATTEMPT": "\(program.attempt)"])
  }

  @Test("a command that was not recorded keeps its run open, and is ended by who takes over")
  func unrecorded() throws {
    let command = try startCommand()
    #expect(try RunRecovery.recover(in: tracker).map(\.isAlive) == [true])
    #expect(try tracker.run(uuid: program.run.uuid).state == .running)

    try RunRecovery.takeOver(program.run.uuid, in: tracker, grace: 0)
    #expect(try command.wait().status < 0)
    #expect(try tracker.run(uuid: program.run.uuid).state == .interrupted)
  }

  @Test("a process that is being started is waited for")
  func starting() async throws {
    let processes = RunProcesses(
      of: program.run.uuid, execution: program.attempt, in: program.directory)
    let beginning = Beginning()
    let (command, look) = try StartMark(of: program.attempt, in: program.directory).hold {
      () throws(ProgramError) in
      let look = Task.detached {
        beginning.hasCome.withLock { $0 = true }
        return processes.living
      }
      do {
        try waitUntil("the look for processes") { beginning.hasCome.withLock { $0 } }
        return (try startCommand(), look)
      } catch {
        throw .missing(path: "\(error)")
      }
    }
    let living = await look.value
    #expect(living == [command.processIdentifier])
  }

  private final class Beginning: Sendable {
    let hasCome = Mutex(false)
  }

  @Test("where nothing was started, nobody is waited for")
  func nothing() throws {
    #expect(try RunRecovery.recover(in: tracker).map(\.isAlive) == [false])
    #expect(try tracker.run(uuid: program.run.uuid).state == .interrupted)
  }
}
