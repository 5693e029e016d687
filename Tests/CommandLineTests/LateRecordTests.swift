import Foundation
import SQLite
import TestSupport
import Testing

/// A run that ends while its end cannot be recorded.
@Suite("Recording an end late", .startsPrograms)
struct LateRecordTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .empty)
  }

  private func open(_ pipe: String) throws {
    try FileHandle(forWritingTo: URL(fileURLWithPath: assay.directory.path(pipe))).close()
  }

  @Test("A run that ends while another program holds the lock has the times of its end")
  func lockedEnd() throws {
    for pipe in ["end", "release"] { #expect(mkfifo(assay.directory.path(pipe), 0o600) == 0) }
    let run = try assay.start("run", "--name", "late", "--", "sh", "-c", "cat end; exit 3")
    try waitUntil("the command", of: run) {
      try assay.number(
        "SELECT count(*) FROM program_execution WHERE child_process_id IS NOT NULL") == 1
    }
    let locker = try TestSupport.start(
      "sqlite3", ["assay.db"], in: assay.directory.url,
      input: """
        .timeout 20000
        BEGIN IMMEDIATE;
        .shell echo held > held; cat release
        COMMIT;

        """)
    try waitUntil("the lock", of: locker) {
      FileManager.default.fileExists(atPath: assay.directory.path("held"))
    }
    try open("end")
    let result = try run.wait()
    let latest = Date().timeIntervalSince1970 * 1000
    #expect(result.status == 3)
    #expect(try assay.number("SELECT count(*) FROM run WHERE state = 'running'") == 1)
    // What records it must not take its own time, or that of the heartbeat, for the end.
    try waitUntil("a later time") { Date().timeIntervalSince1970 * 1000 > latest + 100 }
    try open("release")
    #expect(try locker.wait().status == 0)

    try assay.succeed("runs", "list")
    #expect(
      try assay.ask("SELECT state, error FROM runs;") == "failed|exited with code 3\n")
    #expect(
      try assay.ask(
        """
        SELECT outcome, ended_ms > started_ms, ended_ms <= \(Int64(latest)), duration_ms > 0,
          abs(ended_ms - started_ms - duration_ms) < 1000
        FROM execution;
        """) == "failed|1|1|1|1\n")
  }

  @Test("a database that is moved away in the meantime is told of, and records all when it is back")
  func movedDatabase() throws {
    let command = #"""
      mv assay.db gone.db; echo '{"metrics": {"loss": 0.5}, "step": 1}' >> "$ASSAY_EVENTS"
      """#
    let result = try assay.run("run", "--name", "late", "--", "sh", "-c", command)
    #expect(result.status == 0, "the command's own")
    #expect(
      result.error.contains("assay.db was moved or deleted while it was in use"),
      "\(result.error)")
    #expect(result.error.contains("the next assay command records"), "\(result.error)")
    try FileManager.default.moveItem(
      atPath: assay.directory.path("gone.db"), toPath: assay.directory.path("assay.db"))
    try assay.succeed("runs", "list")
    #expect(try assay.ask("SELECT name, state FROM runs;") == "late|finished\n")
    #expect(try assay.ask("SELECT name, step, value FROM metrics;") == "loss|1|0.5\n")
  }

  @Test("a sweep whose database is moved away does not claim to be finished")
  func movedDatabaseOfSweep() throws {
    try assay.write(
      """
      command: [sh, -c, "[ {x} != 2 ] || [ -e gone ] || { touch gone; mv assay.db gone.db; }"]
      space: {x: [1, 2, 3]}
      sampler: grid
      objective: {minimise: exit_code}
      budget: 3

      """, to: "moved.yaml")
    let result = try assay.run("sweep", "run", "moved.yaml", "--quiet")
    #expect(result.status == 74, "\(result)")
    #expect(result.error.contains("was moved or deleted"), "\(result.error)")
    try FileManager.default.moveItem(
      atPath: assay.directory.path("gone.db"), toPath: assay.directory.path("assay.db"))
    try assay.succeed("sweep", "run", "moved.yaml", "--quiet")
    #expect(
      try assay.ask("SELECT number, state FROM trials ORDER BY number;")
        == "0|finished\n1|finished\n2|finished\n")
  }
}
