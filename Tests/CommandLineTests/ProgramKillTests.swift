import Foundation
import TestSupport
import Testing

/// Commands, and those who supervise them, killed while values are reported.
@Suite("Commands that are killed", .startsPrograms)
struct ProgramKillTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .empty)
    try assay.write(Self.script, to: "log.py")
  }

  /// Reports values one after another, and writes down after each how many are reported; stays in the
  /// end if it is asked to.
  private static let script = """
    import os, signal, sys
    count = int(sys.argv[1])
    file = os.open(os.environ['ASSAY_EVENTS'], os.O_WRONLY | os.O_APPEND)
    done = os.open('done', os.O_WRONLY | os.O_CREAT)
    open('child', 'w').write(str(os.getpid()))
    for i in range(count):
        os.write(file, b'{"metrics": {"a": %d}, "step": %d}\\n' % (3 * i, i))
        os.pwrite(done, b'%8d' % (i + 1), 0)
    if 'stay' in sys.argv: signal.pause()
    """

  /// How many values there are: by `make torture` as many as a long training reports.
  private static let count =
    ProcessInfo.processInfo.environment["ASSAY_TORTURE_TRIALS"] == nil ? 6000 : 100_000

  private var done: Int {
    Int((try? assay.text("done"))?.trimmingCharacters(in: .whitespaces) ?? "") ?? 0
  }

  private func child() throws -> pid_t { try #require(pid_t(try assay.text("child"))) }

  /// Starts the command and waits until it is somewhere in the middle.
  ///
  /// - Parameter stays: Whether the command is there to be killed however late the kill comes.
  private func startAndWait(stays: Bool = false) throws -> RunningProgram {
    var random = SeededGenerator.ofTests("kills of commands")
    let place = Int.random(in: Self.count / 20..<Self.count * 3 / 4, using: &random)
    let program = try assay.start(
      "run", "--name", "k", "--", "python3", "log.py", "\(Self.count)", stays ? "stay" : "end")
    try waitUntil("\(place) values are reported", of: program) { done >= place }
    return program
  }

  /// Every value whose write had returned is there once; one more may be whose writer was killed.
  private func check(_ state: String, atLeast reported: Int) throws {
    let answer = try assay.ask(
      "SELECT count(*), max(step) + 1, sum(value = 3 * step) FROM metrics; SELECT state FROM runs;")
    let lines = answer.split(separator: "\n")
    let numbers = lines[0].split(separator: "|").compactMap { Int($0) }
    #expect(numbers.count == 3 && Set(numbers).count == 1, "\(answer)")
    #expect(numbers[0] >= reported && numbers[0] <= max(reported + 1, Self.count))
    #expect(lines[1] == state)
  }

  @Test("kill -9 of the command")
  func child() async throws {
    let program = try startAndWait(stays: true)
    kill(try child() as pid_t, SIGKILL)
    #expect(try program.wait().status == 137)
    try check("failed", atLeast: done)
  }

  @Test(
    "kill -9 of the supervisor: the command goes on, and the next commands record what it reports")
  func supervisor() async throws {
    let program = try startAndWait()
    let before = done
    program.send(SIGKILL)
    _ = try program.wait()
    // While the command lives, its run is running, and what it has reported is recorded.
    let listed = try assay.run("runs", "list")
    #expect(listed.status == 0)
    let recorded = try assay.ask("SELECT count(*) FROM metrics;")
    #expect(try #require(Int(recorded.trimmingCharacters(in: .newlines))) >= before)
    try waitUntil("the command has ended") { done == Self.count }
    try waitUntil("the run is closed") {
      try assay.run("runs", "list").status == 0
        && assay.ask("SELECT state FROM runs;") == "interrupted\n"
    }
    try check("interrupted", atLeast: Self.count)
  }

  @Test("kill -9 of the supervisor: TensorBoard's files are read on from where it was")
  func board() throws {
    let folder = packageRoot.appending(path: "Tests/Fixtures/trackers/tensorboard/v2")
    let file = folder.appending(path: "events.out.tfevents.1700000001.fixture").path
    try assay.write(
      """
      mkdir logs
      head -c 100 '\(file)' > logs/events.out.tfevents.1
      echo > half
      while [ ! -e go ]; do sleep 0.01; done
      tail -c +101 '\(file)' >> logs/events.out.tfevents.1
      echo > whole
      """, to: "board.sh")
    let program = try assay.start("run", "--tensorboard", "logs", "--", "sh", "board.sh")
    try waitUntil("half of the file is written", of: program) {
      (try? assay.text("half")) != nil
    }
    program.send(SIGKILL)
    _ = try program.wait()
    try assay.write("", to: "go")
    try waitUntil("the command has ended") { (try? assay.text("whole")) != nil }
    try waitUntil("the run is closed") {
      try assay.run("runs", "list").status == 0
        && assay.ask("SELECT state FROM runs;") == "interrupted\n"
    }
    try assay.succeed("import", "tensorboard", "logs", "--db", "imported.db")
    let values = "SELECT name, step, value FROM metrics ORDER BY name, step;"
    let recorded = try assay.ask(values)
    #expect(!recorded.isEmpty)
    #expect(recorded == (try assay.ask(values, of: "imported.db")))
  }

  @Test("kill -9 of both")
  func both() async throws {
    let program = try startAndWait()
    program.send(SIGKILL)
    kill(try child() as pid_t, SIGKILL)
    _ = try program.wait()
    try waitUntil("the run is closed") {
      try assay.run("runs", "list").status == 0
        && assay.ask("SELECT state FROM runs;") == "interrupted\n"
    }
    try check("interrupted", atLeast: done)
    // It can be gone on with.
    let again = try assay.run(
      "run", "--name", "k", "--", "python3", "log.py", "\(Self.count)", "end")
    #expect(again.status == 0)
    #expect(try assay.ask("SELECT count(*), max(executions) FROM runs;") == "1|2\n")
    try check("finished", atLeast: Self.count)
  }
}
