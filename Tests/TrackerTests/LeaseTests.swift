import SQLite
import TestSupport
import Testing
import Tracker

/// Who is taken for dead, where this process can see the holder and where it cannot.
@Suite struct LeaseTests {
  let fixture: TrackerFixture
  var tracker: Tracker { fixture.tracker }

  init() throws {
    fixture = try TrackerFixture()
  }

  private final class Same: TrialProposer {
    let trialCount: Int? = nil
    let observedCount: Int? = nil
    func observe(_ trial: JudgedTrial) {}
    func propose(number: Int, running: [JSONValue]) -> JSONValue { .object([:]) }
  }

  /// What another process records of itself, and whether it holds what it holds.
  static let holders: [(what: String, sql: String, isHeld: Bool)] = [
    ("gone, and seen to be", "process_started = 'long ago'", false),
    (
      "gone, of a version that recorded no namespace", "pid_namespace = NULL, process_id = 0", false
    ),
    (
      "in another container of this host's name",
      "pid_namespace = 'pid:[1]', process_started = 'long ago'", true
    ),
    (
      "there, silent for longer than a lease",
      "pid_namespace = 'pid:[1]', UPTIME = UPTIME - 600000", false
    ),
    ("there, and the clock was set forth since", "pid_namespace = 'pid:[1]', CLOCK = 1", true),
    ("on another host", "host = 'elsewhere', boot_id = 'x'", true),
    ("there, silent", "host = 'elsewhere', boot_id = 'x', CLOCK = CLOCK - 600000", false),
    (
      "there, before the clock was set back",
      "host = 'elsewhere', boot_id = 'x', CLOCK = CLOCK + 86400000", false
    ),
    ("of an earlier boot of this host", "boot_id = 'x'", false),
  ]

  @Test("a run is taken over from a holder that is dead as far as can be told", arguments: holders)
  func run(what: String, sql: String, isHeld: Bool) throws {
    _ = try fixture.begin(fixture.description())
    let columns = sql.replacing("CLOCK", with: "heartbeat_ms")
      .replacing("UPTIME", with: "heartbeat_uptime_ms")
    try fixture.execute("UPDATE execution SET \(columns)")
    do {
      _ = try fixture.begin(fixture.description())
      #expect(!isHeld)
    } catch TrackerError.runBusy {
      #expect(isHeld)
    }
  }

  @Test("so is a trial", arguments: holders)
  func trial(what: String, sql: String, isHeld: Bool) throws {
    let sweep = try tracker.openSweep(
      SweepDescription(
        name: "s", definition: .object([:]), seed: 1, objectives: [SweepObjective("a", .maximise)],
        budget: SweepBudget(trials: 1)))
    guard case .trial(let held) = try tracker.claimTrial(of: sweep, proposer: Same()) else {
      Issue.record("a new sweep has a trial")
      return
    }
    let columns = sql.replacing("CLOCK", with: "expires_ms")
      .replacing("UPTIME", with: "expires_uptime_ms")
    try fixture.execute("UPDATE trial_attempt SET \(columns)")
    switch try tracker.claimTrial(of: sweep, proposer: Same()) {
    case .trial(let trial):
      #expect(!isHeld)
      #expect(trial.number == held.number)
    default: #expect(isHeld)
    }
  }
}

/// What the records say after the clock was set.
@Suite struct ClockTests {
  let fixture: TrackerFixture

  init() throws {
    fixture = try TrackerFixture()
  }

  @Test("the newest run is the one that was recorded last, though the clock said an earlier time")
  func newest() throws {
    let first = try fixture.begin(fixture.description(1))
    try first.finish()
    let second = try fixture.begin(fixture.description(2))
    try second.finish()
    try fixture.execute("DROP TRIGGER run_is_final")
    try fixture.execute(
      "UPDATE run SET created_ms = created_ms + 86400000 WHERE uuid = '\(first.uuid)'")
    #expect(try fixture.tracker.runs().map(\.uuid) == [second.uuid, first.uuid])
    let listed = try fixture.tracker.query(.runs).rows.map { $0[0] }
    #expect(listed == [.text(second.uuid), .text(first.uuid)])
  }

  @Test(
    "no duration is negative: neither of a run under way nor of one that an older version wrote")
  func durations() throws {
    let run = try fixture.begin(fixture.description())
    try fixture.execute("UPDATE execution SET started_ms = started_ms + 86400000")
    func duration() throws -> [Double?] {
      try fixture.tracker.read {
        try $0.query(
          """
          SELECT duration_seconds FROM runs UNION ALL SELECT duration_seconds FROM executions
          """
        ).rows.map { $0[0].real }
      }
    }
    #expect(try duration() == [0, 0])
    try run.finish()
    #expect(try duration().allSatisfy { ($0 ?? -1) >= 0 && ($0 ?? 99) < 60 })
    try fixture.execute("UPDATE execution SET duration_ms = NULL")
    #expect(try duration() == [0, 0])
  }
}
