import Foundation
import Subprocess
import Synchronization
import TestSupport
import Testing

@Suite struct SubprocessTests {
  private func shell(_ script: String) -> Subprocess { Subprocess("sh", ["-c", script]) }

  private func output(of program: Subprocess) throws -> String {
    String(decoding: try program.run(secondsAllowed: 60) { false }, as: UTF8.self)
  }

  @Test func `Output comes back, however much is said on standard error`() throws {
    let noisy = shell("head -c 500000 /dev/zero; head -c 500000 /dev/zero >&2; printf end")
    let output = try noisy.run(secondsAllowed: 60) { false }
    #expect(output.count == 500_003)
    #expect(output.suffix(3) == Array("end".utf8)[...])
  }

  @Test func `A failure carries the status and the last line of standard error`() {
    #expect(throws: SubprocessError.failed(program: "sh", status: 3, detail: "the reason")) {
      try shell("echo first >&2; echo '  the reason' >&2; echo >&2; exit 3")
        .run(secondsAllowed: 60) { false }
    }
    #expect(throws: SubprocessError.ended(program: "sh", signal: Int(SIGUSR1))) {
      try shell("kill -USR1 $$").run(secondsAllowed: 60) { false }
    }
  }

  @Test func `What cannot be started says why`() throws {
    #expect(throws: SubprocessError.notFound(program: "assay-no-such-program")) {
      try Subprocess("assay-no-such-program", []).run(secondsAllowed: 1) { false }
    }
    let directory = try TemporaryDirectory()
    #expect(
      throws: SubprocessError.cannotStart(
        program: "sh", code: ENOENT, detail: String(cString: strerror(ENOENT)))
    ) {
      try Subprocess("sh", [], directory: directory.path("none")).run(secondsAllowed: 1) { false }
    }
  }

  @Test func `Too much output, too long a time and a wish to stop end the program`() {
    let clock = ContinuousClock()
    let started = clock.now
    #expect(throws: SubprocessError.tooMuchOutput(program: "sh", limit: 1000)) {
      try shell("exec cat /dev/zero").run(outputLimit: 1000, secondsAllowed: 60) { false }
    }
    // The whole group ends: a child that was left would hold the output open.
    #expect(throws: SubprocessError.timedOut(program: "sh", seconds: 1)) {
      try shell("sleep 60; true").run(secondsAllowed: 1) { false }
    }
    let asked = Atomic(0)
    #expect(throws: SubprocessError.cancelled) {
      try shell("trap '' INT TERM; sleep 60").run(secondsAllowed: 60) {
        asked.add(1, ordering: .relaxed).newValue > 2
      }
    }
    #expect(clock.now - started < .seconds(30))
  }

  @Test func `A program that closes its output is waited for, and what it leaves behind is not`()
    throws
  {
    let started = ContinuousClock.now
    #expect(throws: SubprocessError.failed(program: "sh", status: 4, detail: "")) {
      try shell("exec >&- 2>&-; sleep 0.3; exit 4").run(secondsAllowed: 60) { false }
    }
    #expect(try output(of: shell("sleep 60 & echo here")) == "here\n")
    #expect(ContinuousClock.now - started < .seconds(30))
  }

  @Test func `Directory, variables and input are those asked for`() throws {
    let directory = try TemporaryDirectory()
    try Data("given".utf8).write(to: directory.url.appending(path: "input"))
    var program = shell("pwd -P; echo \"$ADDED\" \"${HOME-none}\"; cat")
    program.directory = directory.url.path
    program.environment = ["ADDED": "a b", "HOME": nil]
    program.input = .file(directory.path("input"))
    let lines = try output(of: program).split(separator: "\n")
    #expect(lines.first?.hasSuffix(directory.url.lastPathComponent) == true)
    #expect(lines.dropFirst() == ["a b none", "given"])
    #expect(try output(of: shell("cat")).isEmpty)
  }

  @Test func `A signal reaches the program, and no other once it has ended`() throws {
    let process = try shell("trap 'exit 7' TERM; while :; do sleep 0.01; done").start()
    // Until the shell has set its trap, the signal ends it.
    process.send(SIGTERM)
    #expect([.exited(status: 7), .signalled(Int(SIGTERM))].contains(process.wait()))
    process.send(SIGKILL)
    #expect(process.poll() == process.wait())
    let sleeper = try shell("exec sleep 60").start()
    #expect(sleeper.wait(within: 0.01) == nil)
    sleeper.stop()
    #expect(sleeper.wait(within: 0) == .signalled(Int(SIGKILL)))
  }

  @Test func `Lines of several processes are read as they come`() throws {
    let messages = try MessagePipe()
    let processes = try (0..<3).map { number in
      try shell("echo one \(number) >&2; printf open >&2").start(diagnostics: .messages(messages))
    }
    for process in processes { #expect(process.wait().isSuccess) }
    var text = messages.takeLines().joined(separator: "\n")
    text += messages.takeLines(isLast: true).joined()
    for number in 0..<3 { #expect(text.contains("one \(number)")) }
    #expect(text.hasSuffix("open"))
    #expect(messages.takeLines(isLast: true).isEmpty)
  }
}
