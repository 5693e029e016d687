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
  func starting() throws {
    let processes = RunProcesses(
      of: program.run.uuid, execution: program.attempt, in: program.directory)
    let look = Look()
    let command = try StartMark(of: program.attempt, in: program.directory).hold {
      () throws(ProgramError) in
      // A task would wait until other tests are done, which fill the pool.
      Thread.detachNewThread {
        look.hasBegun.signal()
        let found = processes.living
        look.living.withLock { $0 = found }
        look.isOver.signal()
      }
      look.hasBegun.wait()
      do {
        return try startCommand()
      } catch {
        throw .missing(path: "\(error)")
      }
    }
    #expect(look.isOver.wait(timeout: .now() + programDeadline) == .success)
    #expect(look.living.withLock { $0 } == [command.processIdentifier])
  }

  private final class Look: Sendable {
    let hasBegun = DispatchSemaphore(value: 0)
    let isOver = DispatchSemaphore(value: 0)
    let living = Mutex<[Int32]>([])
  }

  @Test("where nothing was started, nobody is waited for")
  func nothing() throws {
    #expect(try RunRecovery.recover(in: tracker).map(\.isAlive) == [false])
    #expect(try tracker.run(uuid: program.run.uuid).state == .interrupted)
  }
}
