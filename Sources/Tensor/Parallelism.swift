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
  /// After an error no further shard is begun. Shards are begun in order, so the first shard that
  /// fails is the same whatever the number of threads, as long as `body` depends on its shard alone.
  ///
  /// - Parameters:
  ///   - shards: The number of shards.
  ///   - body: Does one shard. `worker` is below ``threads``. No two concurrent calls share it, so
  ///     you can keep scratch memory by worker.
  /// - Throws: The error of the first shard, by number, whose `body` throws.
  public func forEachShard<Failure: Error>(
    _ shards: Int, _ body: (_ shard: Int, _ worker: Int) throws(Failure) -> Void
  ) throws(Failure) {
    let workers = min(threads, shards)
    guard workers > 1 else {
      for shard in 0..<shards { try body(shard, 0) }
      return
    }
    let next = Atomic(0)
    let first = Mutex<(shard: Int, failure: Failure)?>(nil)
    withoutActuallyEscaping(body) { body in
      // Safe by this type's contract: bodies share only what shards and workers keep apart.
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        while true {
          let shard = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard shard < shards else { return }
          do throws(Failure) {
            try body(shard, worker)
          } catch {
            next.store(shards, ordering: .relaxed)
            first.withLock { first in
              if first.map({ shard < $0.shard }) ?? true { first = (shard, error) }
            }
          }
        }
      }
    }
    if let failure = first.withLock({ $0?.failure }) { throw failure }
  }
}
