internal import Dispatch
internal import Synchronization

/// How many threads may work at a time.
///
/// The data alone determine how callers cut work into shards. Threads take the next shard as they
/// become free. What a shard computes must depend only on its number, so that results never depend
/// on the number of threads.
public struct Parallelism: Sendable {
  /// The largest number of threads that work at a time, at least one.
  public let threads: Int

  /// Allows up to `threads` threads.
  ///
  /// - Precondition: `threads` is positive.
  public init(threads: Int) {
    precondition(threads > 0, "work needs at least one thread, got \(threads)")
    self.threads = threads
  }

  /// Runs `body` once for each shard in `0..<shards` and returns after the last one.
  ///
  /// - Parameters:
  ///   - shards: The number of shards.
  ///   - body: Does one shard. `worker` is below ``threads``. No two concurrent calls share it, so
  ///     you can keep scratch memory by worker.
  public func forEachShard(_ shards: Int, _ body: (_ shard: Int, _ worker: Int) -> Void) {
    let workers = min(threads, shards)
    guard workers > 1 else {
      for shard in 0..<shards { body(shard, 0) }
      return
    }
    let next = Atomic(0)
    withoutActuallyEscaping(body) { body in
      // Safe by this type's contract: bodies share only what shards and workers keep apart.
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        while true {
          let shard = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard shard < shards else { return }
          body(shard, worker)
        }
      }
    }
  }
}
