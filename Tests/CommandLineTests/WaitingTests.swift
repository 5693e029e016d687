import Foundation
import SQLite
import TestSupport
import Testing

/// Commands that meet another program's lock.
@Suite(.startsPrograms) struct WaitingTests {
  let assay: Assay
  let holder: Connection

  private static let imported = SharedStart.imported(
    "run,step,loss\nlog,1,0.5\n", as: "first.csv")

  init() throws {
    assay = try Assay(copyOf: Self.imported)
    try assay.write("run,step,loss\nsecond,2,0.25\n", to: "second.csv")
    holder = try Connection(
      path: assay.directory.path("assay.db"), mode: .readWrite, patience: .limited(seconds: 0))
  }

  /// Starts a command that writes, and waits until it says that it waits.
  func startWaiting() throws -> RunningProgram {
    let program = try start(
      "sh", ["-c", "exec \"$0\" import csv second.csv 2>messages", Assay.executable ?? "assay"],
      in: assay.directory.url)
    try waitUntil("word of the wait", of: program) {
      try messages.contains("waiting until another program")
    }
    return program
  }

  var messages: String {
    get throws {
      let url = assay.directory.url.appending(path: "messages")
      return (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    }
  }

  @Test("work waits for the lock, says so once, and goes on")
  func patience() throws {
    let program = try holder.transaction { try startWaiting() }
    #expect(try program.wait().status == 0)
    #expect(try messages.split(separator: "\n").count == 1)
    #expect(try assay.ask("SELECT count(*) FROM runs").hasPrefix("2"))
  }

  @Test("workers of a sweep wait for a lock, however long, say so once, and lose no trial")
  func sweep() throws {
    try assay.write(SweepCommandTests.sweep(trials: 4, epochs: "[12]"), to: "sweep.yaml")
    let running = try assay.start("sweep", "run", "sweep.yaml", "--workers", "2", "--quiet")
    try waitUntil("two trials", of: running) {
      try assay.number("SELECT count(*) FROM trials WHERE state = 'running'") == 2
    }
    let patient = try Connection(
      path: assay.directory.path("assay.db"), mode: .readWrite, patience: .limited(seconds: 60))
    try patient.transaction {
      try waitUntil("word of the wait", of: running) {
        try running.errorSoFar().contains("waiting until another program")
      }
    }
    let result = try running.wait()
    #expect(result.status == 0, "\(result.error)")
    #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
    #expect(try assay.ask("SELECT finished, failed FROM sweeps;") == "4|0\n")
    #expect(
      try assay.ask("SELECT count(*) FROM trial_attempts WHERE outcome <> 'finished';") == "0\n")
  }

  @Test("an interruption ends the wait, as one", arguments: [SIGINT, SIGTERM])
  func interruption(signal: Int32) throws {
    try holder.transaction {
      let program = try startWaiting()
      program.send(signal)
      #expect(try program.wait().status == 130)
    }
    #expect(try messages.contains("interrupted"))
    #expect(try !messages.contains("again"))
  }

  @Test("reading does not wait for who writes")
  func reading() throws {
    let list = try holder.transaction { try assay.run("runs", "list") }
    #expect(list.status == 0 && list.output.contains("log"))
  }
}
