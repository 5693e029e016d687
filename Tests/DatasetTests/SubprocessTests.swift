import Dataset
import Synchronization
import Testing

@Suite struct SubprocessTests {
  private func shell(_ script: String, limit: Int = 1 << 20, seconds: Int = 60) -> Subprocess {
    Subprocess(
      program: "sh", arguments: ["-c", script], outputLimit: limit, secondsAllowed: seconds)
  }

  @Test func `Output comes back, however much is said on standard error`() throws {
    let noisy = shell("head -c 500000 /dev/zero; head -c 500000 /dev/zero >&2; printf end")
    let output = try noisy.run { false }
    #expect(output.count == 500_003)
    #expect(output.suffix(3) == Array("end".utf8)[...])
  }

  @Test func `A failure carries the status and the last line of standard error`() {
    #expect(
      throws: DatasetError.toolFailed(program: "sh", status: 3, detail: "the reason")
    ) { try shell("echo first >&2; echo '  the reason' >&2; echo >&2; exit 3").run { false } }
  }

  @Test func `A program that is not there is named`() {
    #expect(throws: DatasetError.toolMissing(program: "assay-no-such-program")) {
      try Subprocess(program: "assay-no-such-program", arguments: [], secondsAllowed: 1).run {
        false
      }
    }
  }

  @Test func `Too much output, too long a time and a wish to stop end the program`() {
    let clock = ContinuousClock()
    let started = clock.now
    #expect(throws: DatasetError.tooLarge(file: "output of sh", limit: 1000)) {
      try shell("exec cat /dev/zero", limit: 1000).run { false }
    }
    #expect(throws: DatasetError.toolTimedOut(program: "sh", seconds: 1)) {
      try shell("exec sleep 60", seconds: 1).run { false }
    }
    let asked = Atomic(0)
    #expect(throws: DatasetError.cancelled) {
      try shell("exec sleep 60").run { asked.add(1, ordering: .relaxed).newValue > 2 }
    }
    #expect(clock.now - started < .seconds(30))
  }
}
