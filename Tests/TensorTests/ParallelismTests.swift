import Synchronization
import Tensor
import Testing

@Suite struct ParallelismTests {
  @Test("every shard runs once, whatever the number of threads", arguments: [1, 2, 7])
  func shards(threads: Int) {
    let counts = Scratch<Int>(1000)
    counts.base.update(repeating: 0, count: 1000)
    Parallelism(threads: threads).forEachShard(1000) { shard, worker in
      if worker < threads { counts.base[shard] += 1 }
    }
    #expect((0..<1000).allSatisfy { counts.base[$0] == 1 })
  }

  @Test("no threads at all is a programmer's error")
  func noThreads() async {
    await #expect(processExitsWith: .failure) { _ = Parallelism(threads: 0) }
  }

  struct Failure: Error, Equatable { let shard: Int }

  @Test(
    "the first shard that fails ends the work, for any number of threads", arguments: [1, 2, 5])
  func firstFailure(threads: Int) {
    let begun = Mutex<Set<Int>>([])
    #expect(throws: Failure(shard: 40)) {
      try Parallelism(threads: threads).forEachShard(10_000) { shard, _ in
        begun.withLock { _ = $0.insert(shard) }
        if shard >= 40 { throw Failure(shard: shard) }
      }
    }
    let shards = begun.withLock { $0 }
    #expect(shards.isSuperset(of: 0...40))
    #expect(shards.count < 10_000)
  }
}
