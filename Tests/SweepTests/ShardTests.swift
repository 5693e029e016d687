import Foundation
import Sweep
import Testing
import Tracker

@Suite struct ShardTests {
  private func plan(sampler: String, budget: String, more: String = "") throws -> SweepPlan {
    try SweepFile.parse(
      """
      space: {x: [1, 2, 3, 4, 5, 6, 7], y: {uniform: [0, 1], points: 2}}
      sampler: \(sampler)
      objective: {minimise: loss}
      budget: \(budget)
      \(more)
      """, name: "s.yaml", defaultName: "s", directory: URL(fileURLWithPath: "/nowhere"),
      kinds: [], usual: AskedTrials.self)
  }

  @Test(
    "a shard is a number of a count",
    arguments: [
      ("3/64", "3/64"), ("0/1", "0/1"), ("1/1", "1/1"), ("4/3", nil), ("-1/3", nil), ("1/0", nil),
      ("1", nil), ("1/2/3", nil), ("/2", nil), ("a/2", nil), ("1/100001", nil), ("+1/2", nil),
    ] as [(String, String?)])
  func parsing(text: String, shard: String?) {
    #expect(ShardNumber(parsing: text)?.description == shard)
  }

  @Test(
    "shards divide the trials of the budget, which are those of one machine",
    arguments: [("grid", "100", 14), ("random", "9", 9), ("halton", "{trials: 9, limit: 8}", 8)])
  func division(sampler: String, budget: String, count: Int) throws {
    let plan = try plan(sampler: sampler, budget: budget)
    let proposer = try plan.proposer()
    let all = try (0..<count).map { number in
      ProposedTrial(number: number, parameters: try proposer.propose(number: number, running: []))
    }
    for shards in [1, 3, 20] {
      let parts = try (1...shards).map { index in
        try plan.trials(of: try #require(ShardNumber(index, of: shards)))
      }
      #expect(parts.flatMap { $0 }.sorted { $0.number < $1.number } == all)
      let divided = try (1...shards).flatMap { index in
        try #require(ShardNumber(index, of: shards)).part(of: all)
      }
      #expect(divided.sorted { $0.number < $1.number } == all)
    }
    #expect(try plan.trials(of: try #require(ShardNumber(0, of: 3))) == [all[0]])
  }

  @Test("samplers that learn are divided where their trials are proposed; pruners never")
  func refusals() throws {
    let learning = try plan(sampler: "tpe", budget: "3")
    #expect(throws: ShardError.needsHistory(sweep: "s", sampler: "tpe")) {
      try learning.checkShards(isPlanned: false)
    }
    try learning.checkShards(isPlanned: true)
    let pruned = try plan(sampler: "halton", budget: "3", more: "pruner: {median: {}}")
    #expect(throws: ShardError.needsReports(sweep: "s")) {
      try pruned.checkShards(isPlanned: true)
    }
  }

  @Test("a sweep's UUID is that of its content, whatever its budget")
  func identity() throws {
    let first = try plan(sampler: "halton", budget: "3").description
    #expect(
      first.contentUUID == (try plan(sampler: "halton", budget: "30").description.contentUUID))
    #expect(first.contentUUID != (try plan(sampler: "random", budget: "3").description.contentUUID))
    #expect(UUID(uuidString: first.contentUUID)?.uuidString.lowercased() == first.contentUUID)
    var other = first
    other.seed += 1
    #expect(other.contentUUID != first.contentUUID)
  }

  @Test("names of files have nothing that a shell or file system reads as more")
  func names() {
    #expect(ShardFiles.fileName("a b/../c'$x") == "a_b_.._c__x")
    #expect(ShardFiles.fileName(".hidden") == "_.hidden")
    #expect(ShardFiles.fileName(String(repeating: "ä", count: 300)).count == 60)
  }
}
