import Foundation
import Program
import Synchronization
import TestSupport
import Testing
import Tracker

@Suite struct MutatedEventTests {
  /// Events of a run were not recorded, though its start is sound.
  private struct NotRecorded: Error {
    let outcomes: [StrayEvents.Outcome]
  }

  private static let events = #"""
    {"metrics": {"a": 1, "b": NaN, "c": "-inf", "d": 2.5e-3}, "step": 3, "time": 12.5}
    {"points": [["p", 1, 0.5], ["q", null, "inf", 1000.5]]}
    {"parameters": {"lr": 0.1, "net": {"depth": 2, "sizes": [3, 4]}}, "tags": ["x"], "note": "\u0000n\u00fc"}
    {"artifact": {"path": "model.bin", "name": "m", "media_type": "x/y", "step": 2}}
    {"checkpoint": {"path": "model.bin", "step": 4, "done": 5}, "name": "renamed", "group": "g"}
    {"progress": {"done": 3, "total": 9}, "warning": "slow"}
    {"end": {"state": "failed", "error": "no data"}}

    """#

  /// Two hundred, each of which is a run in the database, take a second or two.
  @Test("broken events are recorded as far as they are sound")
  func events() throws {
    let directory = try TemporaryDirectory()
    let tracker = try Tracker(
      writing: directory.path("assay.db"), environment: RunEnvironment(version: "test"))
    try Data("weights".utf8).write(to: directory.url.appending(path: "model.bin"))
    let folder = directory.url.appending(path: "events/run")
    let complaints = Mutex(0)
    let counts = try MutatedInputs("events", of: [Array(Self.events.utf8)], count: 200).tryAll(
      refusing: { _ in false }
    ) { bytes in
      let start = """
        {"start": {"run": "\(UUID().uuidString)", "command_line": ["train"], \
        "working_directory": "\(directory.url.path)"}}

        """
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(Array(start.utf8) + bytes).write(to: folder.appending(path: "events.jsonl"))
      let outcomes = try StrayEvents(in: directory.path("events")).record(in: tracker) { _ in
        complaints.withLock { $0 += 1 }
      }
      guard outcomes.count == 1, case .recorded = outcomes[0].result else {
        throw NotRecorded(outcomes: outcomes)
      }
    }
    #expect(counts.refused == 0 && counts.read > 0)
    #expect(complaints.withLock { $0 } > 0)
  }

  @Test("broken first lines of programs are read or refused")
  func starts() throws {
    let line = #"""
      {"version": 1, "name": "x", "parameters": {"lr": 0.5}, "command_line": ["python", "x.py"], \#
      "tags": ["t"], "note": "n", "group": null, "process_id": 7, "resume": "allow", \#
      "run": "0b0e7a3a-1111-4222-8333-444444444444", "working_directory": "/"}
      """#
    let counts = try MutatedInputs("start", of: [Array(line.utf8)]).tryAll(
      refusing: { $0 is ProgramError }
    ) { _ = try RecordedStart(String(decoding: $0, as: UTF8.self)) }
    #expect(counts.refused > 0)
  }
}
