import Program
import Testing
import Tracker

@Suite("How commands end")
struct ProgramEndTests {
  @Test(
    "The state of a run follows from how its command ended, why it was stopped, and what it said",
    arguments: [
      (ProgramEnd(.exited(0)), "finished", nil, 0),
      (ProgramEnd(.exited(3)), "failed", "exited with code 3", 3),
      (ProgramEnd(.signalled(9)), "failed", "was ended by signal 9 (SIGKILL)", 137),
      (ProgramEnd(.signalled(2)), "interrupted", nil, 130),
      (ProgramEnd(.exited(1), stop: .interrupted), "interrupted", nil, 1),
      (
        ProgramEnd(.signalled(15), stop: .timeout), "failed", "took longer than its time limit", 143
      ),
      (ProgramEnd(.exited(0), stop: .interrupted), "finished", nil, 0),
      (ProgramEnd(.exited(0), told: ToldEnd(state: .interrupted)), "interrupted", nil, 0),
      (
        ProgramEnd(.exited(1), told: ToldEnd(state: .failed, error: "no data")), "failed",
        "no data", 1
      ),
    ] as [(ProgramEnd, String, String?, Int)])
  func state(_ end: ProgramEnd, _ state: String, _ error: String?, _ code: Int) {
    #expect(end.state.rawValue == state)
    #expect(end.error == error)
    #expect(end.exitCode == code)
  }
}
